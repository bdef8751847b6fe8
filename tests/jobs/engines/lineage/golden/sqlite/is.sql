-- IS compares any two values, as IS NOT DISTINCT FROM does.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE VIEW v AS SELECT a IS b AS same, a IS NOT DISTINCT FROM b AS also FROM t;
-- edges:
--   t.a -> v.also DIRECT TRANSFORMATION
--   t.b -> v.also DIRECT TRANSFORMATION
--   t.a -> v.same DIRECT TRANSFORMATION
--   t.b -> v.same DIRECT TRANSFORMATION
