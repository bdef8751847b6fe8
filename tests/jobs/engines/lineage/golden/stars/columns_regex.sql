-- COLUMNS with a pattern shows the columns that it fits, under new names if they are said.
-- dialect: duckdb
CREATE TABLE t (a_1 int, a_2 int, b int);
CREATE VIEW v AS SELECT COLUMNS('a_.*'), COLUMNS('a_(.)') AS 'c\1' FROM t;
-- edges:
--   t.a_1 -> v.a_1 DIRECT IDENTITY
--   t.a_2 -> v.a_2 DIRECT IDENTITY
--   t.a_1 -> v.c1 DIRECT IDENTITY
--   t.a_2 -> v.c2 DIRECT IDENTITY
