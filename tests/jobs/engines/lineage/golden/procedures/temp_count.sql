-- COUNT(*) over a temporary table counts rows of what filled it.
-- dialect: tsql
-- default_schema: dbo
SELECT a INTO #x FROM t
INSERT INTO u (z) SELECT COUNT(*) FROM #x
-- edges:
--   dbo.t.* -> dbo.u.z DIRECT AGGREGATION
