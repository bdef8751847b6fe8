-- A hint may stand before the procedure, and name what is written.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE target (a int)
GO
-- @LINEAGE_OUTPUTS: dbo.target
CREATE PROCEDURE p @s nvarchar(max) AS EXEC (@s)
-- edges:
--   dbo.p.* -> dbo.target.* INDIRECT DEPENDENCY
-- unresolved:
--   DYNAMIC_SQL line 7: SQL that is made when it runs is not explained
