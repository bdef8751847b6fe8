-- An expression around COLUMNS is made for each of them.
-- dialect: duckdb
CREATE TABLE t (a int, b int, k int);
CREATE VIEW v AS SELECT k, MIN(COLUMNS(* EXCLUDE (k))) + 1 FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.a -> v.a DIRECT AGGREGATION
--   t.b -> v.b DIRECT AGGREGATION
--   t.k -> v.k DIRECT IDENTITY
