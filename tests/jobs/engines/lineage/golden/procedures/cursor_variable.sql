-- A cursor may be held by a variable.
-- dialect: tsql
-- default_schema: dbo
DECLARE @c CURSOR, @x int
SET @c = CURSOR FOR SELECT a FROM t WHERE b = 1
OPEN @c
FETCH NEXT FROM @c INTO @x
INSERT INTO u (z) VALUES (@x)
-- edges:
--   dbo.t.b -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
