-- What decides about the rows of a temporary table decides about what is filled from it.
-- dialect: tsql
-- default_schema: dbo
SELECT a INTO #x FROM t WHERE b > 3
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.t.b -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
