-- Setting an element of an array changes its column.
-- dialect: postgres
UPDATE boards SET cells[3] = mark WHERE owner = 'x';
-- edges:
--   boards.owner -> boards.* INDIRECT FILTER
--   boards.mark -> boards.cells DIRECT TRANSFORMATION
