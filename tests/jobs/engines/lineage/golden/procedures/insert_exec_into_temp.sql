-- INSERT … EXEC may fill a table variable.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS SELECT a, b FROM t
GO
DECLARE @x TABLE (m int, n int)
INSERT INTO @x EXEC p
INSERT INTO u (z) SELECT n FROM @x
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
