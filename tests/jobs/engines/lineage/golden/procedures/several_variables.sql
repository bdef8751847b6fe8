-- SELECT sets several variables by position, and its WHERE decides about all of them.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int, @y int
SELECT @x = a, @y = b + 1 FROM t WHERE c = 3
INSERT INTO u (y, z) VALUES (@x, @y)
-- edges:
--   dbo.t.c -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
--   dbo.t.b -> dbo.u.z DIRECT TRANSFORMATION
