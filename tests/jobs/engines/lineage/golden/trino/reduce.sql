-- transform and reduce take lambdas, whose parameters are no columns.
-- dialect: trino
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT transform(ARRAY[a, b], x -> x + a) AS l, reduce(ARRAY[a], 0, (s, x) -> s + x, s -> s) AS r FROM t;
-- edges:
--   t.a -> v.l DIRECT TRANSFORMATION
--   t.b -> v.l DIRECT TRANSFORMATION
--   t.a -> v.r DIRECT TRANSFORMATION
