-- Parameters may be passed by place.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE save_two @p int, @q int AS INSERT INTO u (y, z) VALUES (@p, @q)
GO
DECLARE @x int
SELECT @x = a FROM t
EXEC save_two 3, @x
-- edges:
--   dbo.save_two.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
