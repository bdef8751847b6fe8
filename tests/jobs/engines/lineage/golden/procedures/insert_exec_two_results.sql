-- A procedure that selects twice gives both results.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS
SELECT a FROM t
SELECT b FROM s
GO
INSERT INTO u (z) EXEC p
-- edges:
--   dbo.s.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
