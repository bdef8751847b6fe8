-- A column that bounds the frame of a window decides about the value.
-- dialect: duckdb
CREATE TABLE t (a int, b int, k int);
CREATE VIEW v AS SELECT a, SUM(b) OVER (ORDER BY a ROWS BETWEEN k PRECEDING AND CURRENT ROW) AS s FROM t;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   t.a -> v.s INDIRECT WINDOW
--   t.b -> v.s DIRECT AGGREGATION
--   t.k -> v.s INDIRECT WINDOW
