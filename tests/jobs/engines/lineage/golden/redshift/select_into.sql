-- SELECT INTO makes a table.
-- dialect: redshift
SELECT a, COUNT(*) AS n INTO t FROM u GROUP BY a;
-- edges:
--   u.a -> t.* INDIRECT GROUP_BY
--   u.a -> t.a DIRECT IDENTITY
--   u.* -> t.n DIRECT AGGREGATION
