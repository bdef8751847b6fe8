-- QUALIFY stands directly behind FROM, too.
-- dialect: redshift
CREATE VIEW v AS SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY d) = 1;
-- edges:
--   t.d -> v.* INDIRECT FILTER
--   t.k -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
