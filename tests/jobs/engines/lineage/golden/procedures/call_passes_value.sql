-- A value that is passed to a parameter is followed into the procedure.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE save_one @v int AS INSERT INTO u (z) VALUES (@v)
GO
CREATE PROCEDURE save_all AS
DECLARE @x int
SELECT @x = a FROM t
EXEC save_one @v = @x
-- edges:
--   dbo.save_one.* -> dbo.save_all.* INDIRECT DEPENDENCY
--   dbo.t.* -> dbo.save_all.* INDIRECT DEPENDENCY
--   dbo.save_one.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
