-- A query inside of CASE is a condition of its output; its own WHERE decides about it all.
-- dialect: duckdb
CREATE VIEW v AS SELECT CASE WHEN EXISTS (SELECT 1 FROM u WHERE u.k = t.k) THEN a ELSE b END AS x FROM t;
-- edges:
--   t.k -> v.* INDIRECT FILTER
--   u.k -> v.* INDIRECT FILTER
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.x DIRECT TRANSFORMATION
