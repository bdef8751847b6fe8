-- Behind DROP a temporary table begins anew.
-- dialect: tsql
-- default_schema: dbo
SELECT a INTO #x FROM t
DROP TABLE IF EXISTS #x
SELECT b AS a INTO #x FROM s
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
