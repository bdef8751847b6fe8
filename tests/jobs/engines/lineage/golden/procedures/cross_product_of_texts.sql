-- SQL that may be too many texts is listed.
-- dialect: tsql
-- default_schema: dbo
DECLARE @a varchar(9), @s varchar(99)
IF 1 = 1 SET @a = 'a1' ELSE SET @a = 'a2'
IF 1 = 1 SET @a = @a + '1' ELSE SET @a = @a + '2'
IF 1 = 1 SET @a = @a + '3' ELSE SET @a = @a + '4'
SET @s = 'INSERT INTO u (z) SELECT ' + @a + @a + ' FROM t'
EXEC (@s)
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 9: SQL that is made when it runs is not explained
