-- Procedures that call one another are followed once.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p @v int AS EXEC q @v
GO
CREATE PROCEDURE q @v int AS
INSERT INTO u (z) VALUES (@v)
EXEC p @v
GO
DECLARE @x int
SELECT @x = a FROM t
EXEC p @x
-- edges:
--   dbo.q.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.q.* INDIRECT DEPENDENCY
--   dbo.q.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
