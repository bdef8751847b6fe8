-- A star over an unknown table stays open through a temporary table.
-- dialect: tsql
-- default_schema: dbo
SELECT * INTO #x FROM unknown
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.unknown.a -> dbo.u.z DIRECT IDENTITY
