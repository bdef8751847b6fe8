-- What stands in a string is no hint.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE known (a int)
GO
CREATE PROCEDURE p AS PRINT '-- @LINEAGE_INPUTS: dbo.known'
-- edges:
