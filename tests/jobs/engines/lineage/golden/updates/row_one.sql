-- A row of one column is set from an expression.
-- dialect: postgres
UPDATE points SET (x) = ROW(y);
-- edges:
--   points.y -> points.x DIRECT IDENTITY
