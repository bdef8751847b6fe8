-- What is passed to SQL by its parameters is followed into it and back.
-- dialect: tsql
-- default_schema: dbo
DECLARE @a int, @n int
SELECT @a = a FROM t
EXEC sp_executesql N'INSERT INTO u (z) VALUES (@p)', N'@p int', @p = @a
EXEC sp_executesql N'SELECT @c = COUNT(b) FROM s', N'@c int OUTPUT', @n OUTPUT
INSERT INTO u (y) VALUES (@n)
-- edges:
--   dbo.s.b -> dbo.u.y DIRECT AGGREGATION
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
