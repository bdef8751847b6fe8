-- COLUMNS with a list shows those that it names.
-- dialect: duckdb
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT COLUMNS(['a', 'c']) * 2 FROM t;
-- edges:
--   t.a -> v.a DIRECT TRANSFORMATION
--   t.c -> v.c DIRECT TRANSFORMATION
