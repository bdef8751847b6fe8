-- SQL that a parameter is part of is listed.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p @t sysname AS
DECLARE @s nvarchar(max) = N'INSERT INTO u (z) SELECT a FROM ' + @t
EXEC (@s)
EXEC sp_executesql @s
EXEC @t
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 6: SQL that is made when it runs is not explained
--   DYNAMIC_SQL line 7: SQL that is made when it runs is not explained
--   DYNAMIC_SQL line 8: SQL that is made when it runs is not explained
