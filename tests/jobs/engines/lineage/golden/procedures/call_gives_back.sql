-- A parameter with OUTPUT gives its value back.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE newest @v int OUTPUT AS SELECT @v = MAX(a) FROM t
GO
DECLARE @x int
EXEC newest @v = @x OUTPUT
INSERT INTO u (z) VALUES (@x)
-- edges:
--   dbo.t.* -> dbo.newest.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT AGGREGATION
