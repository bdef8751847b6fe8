-- SQL that a table holds is listed.
-- dialect: tsql
-- default_schema: dbo
DECLARE @s nvarchar(max)
SELECT @s = command FROM commands
EXEC (@s)
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 6: SQL that is made when it runs is not explained
