-- SELECT @x += adds up over rows, and TOP keeps some of them.
-- dialect: tsql
-- default_schema: dbo
DECLARE @s varchar(max) = '', @n int = 0
SELECT TOP (3) @s += name, @n = @n + 1 FROM t ORDER BY k
SELECT DISTINCT @n = a FROM r
INSERT INTO u (y, z) SELECT @n, @s
-- edges:
--   dbo.r.a -> dbo.u.* INDIRECT GROUP_BY
--   dbo.t.k -> dbo.u.* INDIRECT SORT
--   dbo.r.a -> dbo.u.y DIRECT IDENTITY
--   dbo.t.name -> dbo.u.z DIRECT TRANSFORMATION
