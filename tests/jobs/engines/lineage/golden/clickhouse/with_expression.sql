-- A WITH that names an expression gives its values where the name stands.
-- dialect: clickhouse
CREATE VIEW v AS WITH a + b AS s SELECT s * 2 AS x FROM t;
-- edges:
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.x DIRECT TRANSFORMATION
