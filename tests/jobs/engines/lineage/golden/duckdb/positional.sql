-- A positional join brings rows together by their places.
-- dialect: duckdb
CREATE VIEW v AS SELECT t.a, u.b FROM t POSITIONAL JOIN u;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   u.b -> v.b DIRECT IDENTITY
