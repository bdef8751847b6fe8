-- An INSERT into a temporary table without a list passes over its generated columns.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (id int IDENTITY(1,1), a int)
INSERT INTO #x SELECT b FROM t
INSERT INTO u (y, z) SELECT id, a FROM #x
-- edges:
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
