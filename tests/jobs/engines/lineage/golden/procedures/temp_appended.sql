-- Several INSERTs into a temporary table add up.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (a int)
INSERT INTO #x SELECT a FROM t
INSERT INTO #x SELECT b FROM s
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
