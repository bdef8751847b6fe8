-- A cast that may fail is a change of the value.
-- dialect: duckdb
CREATE VIEW v AS SELECT TRY_CAST(a AS int) AS x, b::date AS y FROM t;
-- edges:
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.y DIRECT TRANSFORMATION
