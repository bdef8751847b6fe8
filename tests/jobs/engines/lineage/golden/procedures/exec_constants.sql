-- Constants are put together as they are when it runs.
-- dialect: tsql
-- default_schema: dbo
DECLARE @s varchar(max) = 'INSERT INTO u (z) ', @c sysname = 'a'
SET @s = @s + 'SELECT ' + QUOTENAME(@c) + CHAR(13) + 'FROM t'
EXEC (@s)
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
