-- A star leaves out, replaces and renames.
-- dialect: duckdb
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT * EXCLUDE (a) REPLACE (b * 2 AS b) RENAME (c AS d) FROM t;
-- edges:
--   t.b -> v.b DIRECT TRANSFORMATION
--   t.c -> v.d DIRECT IDENTITY
