-- A procedure may read a temporary table of the one that calls it.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE use_it AS INSERT INTO u (z) SELECT a FROM #x
GO
CREATE PROCEDURE make_it AS
SELECT a INTO #x FROM t
EXEC use_it
-- edges:
--   dbo.t.* -> dbo.make_it.* INDIRECT DEPENDENCY
--   dbo.use_it.* -> dbo.make_it.* INDIRECT DEPENDENCY
--   dbo.use_it.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
