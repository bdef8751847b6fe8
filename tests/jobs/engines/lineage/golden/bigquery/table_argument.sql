-- A function that is given a table has the columns of that table.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT a, b FROM GAP_FILL(TABLE shop.t, ts_column => 'd', bucket_width => INTERVAL 1 DAY);
-- edges:
--   shop.t.a -> shop.v.a DIRECT IDENTITY
--   shop.t.b -> shop.v.b DIRECT IDENTITY
