-- ORDER BY ALL without a limit decides about nothing.
-- dialect: duckdb
CREATE VIEW v AS SELECT a, b FROM t ORDER BY ALL;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
