-- TRY and COALESCE change values.
-- dialect: trino
CREATE VIEW v AS SELECT TRY(a / b) AS x, COALESCE(c, d) AS y FROM t;
-- edges:
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.x DIRECT TRANSFORMATION
--   t.c -> v.y DIRECT TRANSFORMATION
--   t.d -> v.y DIRECT TRANSFORMATION
