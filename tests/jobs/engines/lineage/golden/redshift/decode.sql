-- DECODE and NVL2 take all their arguments.
-- dialect: redshift
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT DECODE(a, 1, b, c) AS d, NVL2(a, b, c) AS n FROM t;
-- edges:
--   t.a -> v.d DIRECT TRANSFORMATION
--   t.b -> v.d DIRECT TRANSFORMATION
--   t.c -> v.d DIRECT TRANSFORMATION
--   t.a -> v.n DIRECT TRANSFORMATION
--   t.b -> v.n DIRECT TRANSFORMATION
--   t.c -> v.n DIRECT TRANSFORMATION
