-- UNPIVOT of an expression takes its value from what the expression reads.
-- dialect: duckdb
CREATE TABLE t (k int, a int, b int);
CREATE VIEW v AS UNPIVOT t ON (a + 1) AS x, b;
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   t.b -> v.* INDIRECT FILTER
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.value DIRECT TRANSFORMATION
--   t.b -> v.value DIRECT IDENTITY
