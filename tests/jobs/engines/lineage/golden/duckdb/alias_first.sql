-- An alias may come before its expression.
-- dialect: duckdb
CREATE VIEW v AS SELECT total: a + b, k FROM t;
-- edges:
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.total DIRECT TRANSFORMATION
--   t.b -> v.total DIRECT TRANSFORMATION
