-- A procedure may fill a temporary table of the one that calls it.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE fill AS INSERT INTO #x (a) SELECT a FROM t
GO
CREATE TABLE #x (a int)
EXEC fill
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.t.* -> dbo.fill.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
