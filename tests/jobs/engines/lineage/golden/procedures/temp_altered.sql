-- A column that ALTER TABLE adds to a temporary table can be filled.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (a int)
ALTER TABLE #x ADD b int
INSERT INTO #x (a, b) SELECT a, b FROM t
INSERT INTO u (y, z) SELECT a, b FROM #x
-- edges:
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
