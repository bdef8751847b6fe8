-- A WITH that names an expression is listed.
-- dialect: clickhouse
CREATE VIEW v AS WITH a + b AS s SELECT s * 2 AS x FROM t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: a named query of the kind Add is not explained; it names t
