-- IS and IS NOT compare any two values.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE VIEW v AS SELECT a IS b AS same, a IS NOT b AS other FROM t;
-- edges:
--   t.a -> v.other DIRECT TRANSFORMATION
--   t.b -> v.other DIRECT TRANSFORMATION
--   t.a -> v.same DIRECT TRANSFORMATION
--   t.b -> v.same DIRECT TRANSFORMATION
