-- A column of USING in a full join comes from both sides.
-- dialect: duckdb
CREATE VIEW v AS SELECT k, t.a, u.b FROM t FULL JOIN u USING (k);
-- edges:
--   t.k -> v.* INDIRECT JOIN
--   u.k -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
--   u.b -> v.b DIRECT IDENTITY
--   t.k -> v.k DIRECT IDENTITY
--   u.k -> v.k DIRECT IDENTITY
