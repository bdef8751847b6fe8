-- A structure that is made has the parts that it is made of.
-- dialect: duckdb
CREATE VIEW v AS SELECT {'x': a, 'y': b} AS s, [a, b] AS l, MAP {c: d} AS m FROM t;
-- edges:
--   t.a -> v.l DIRECT TRANSFORMATION
--   t.b -> v.l DIRECT TRANSFORMATION
--   t.c -> v.m DIRECT TRANSFORMATION
--   t.d -> v.m DIRECT TRANSFORMATION
--   t.a -> v.s DIRECT TRANSFORMATION
--   t.b -> v.s DIRECT TRANSFORMATION
