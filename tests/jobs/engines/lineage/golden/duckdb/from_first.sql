-- FROM may come first, and alone.
-- dialect: duckdb
CREATE TABLE t (a int, b int);
CREATE VIEW v AS FROM t SELECT a + b AS c;
CREATE VIEW w AS FROM t;
-- edges:
--   t.a -> v.c DIRECT TRANSFORMATION
--   t.b -> v.c DIRECT TRANSFORMATION
--   t.a -> w.a DIRECT IDENTITY
--   t.b -> w.b DIRECT IDENTITY
