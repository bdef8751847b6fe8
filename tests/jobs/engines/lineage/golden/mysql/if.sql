-- IF and IFNULL: the test of IF is a condition.
-- dialect: mysql
CREATE VIEW v AS SELECT IF(a > 1, b, c) AS x, IFNULL(d, e) AS y FROM t;
-- edges:
--   t.a -> v.x INDIRECT CONDITIONAL
--   t.b -> v.x DIRECT TRANSFORMATION
--   t.c -> v.x DIRECT TRANSFORMATION
--   t.d -> v.y DIRECT TRANSFORMATION
--   t.e -> v.y DIRECT TRANSFORMATION
