-- SQL that grows in a loop is listed: nobody knows how often.
-- dialect: tsql
-- default_schema: dbo
DECLARE @s varchar(max) = 'SELECT 1', @i int = 0
WHILE @i < 3 SET @s = @s + ' UNION ALL SELECT 2'
EXEC (@s)
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 6: SQL that is made when it runs is not explained
