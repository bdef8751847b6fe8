-- A row of columns is set from a row of expressions by position.
-- dialect: sqlite
UPDATE points SET (x, y) = (y, x + 1) WHERE z > 0;
-- edges:
--   points.z -> points.* INDIRECT FILTER
--   points.y -> points.x DIRECT IDENTITY
--   points.x -> points.y DIRECT TRANSFORMATION
