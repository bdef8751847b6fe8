-- A star may EXCLUDE columns.
-- dialect: redshift
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT * EXCLUDE (b) FROM t;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   t.c -> v.c DIRECT IDENTITY
