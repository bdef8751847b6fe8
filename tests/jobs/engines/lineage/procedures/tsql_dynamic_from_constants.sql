-- SQL that is put together from constants is read; what a parameter adds is listed.
-- dialect: tsql
-- default_schema: dbo
-- listed: 1
CREATE TABLE dbo.Web (Visitor int, Page varchar(100))
CREATE TABLE dbo.App (Visitor int, Screen varchar(100))
CREATE TABLE dbo.Visits (Visitor int, Place varchar(100))
GO
CREATE PROCEDURE dbo.CollectVisits @extra nvarchar(100) = NULL
AS
BEGIN
  DECLARE @sql nvarchar(max), @table sysname = N'dbo.Web', @column sysname
  SET @column = N'Page'
  SET @sql = N'INSERT INTO dbo.Visits (Visitor, Place) '
  SET @sql = @sql + N'SELECT Visitor, ' + QUOTENAME(@column)
  SET @sql += N' FROM ' + @table
  EXEC (@sql)
  SELECT @table = N'dbo.App', @column = N'Screen'
  EXEC (N'INSERT INTO dbo.Visits (Visitor, Place) SELECT Visitor, ' + @column + N' FROM ' + @table)
  SET @sql = N'INSERT INTO dbo.Visits SELECT * FROM ' + @extra
  IF @extra IS NOT NULL EXEC sp_executesql @sql
END
-- truth:
--   dbo.collectvisits reads dbo.web, dbo.app
--   dbo.collectvisits writes dbo.visits
--   dbo.web.visitor -> dbo.visits.visitor
--   dbo.web.page -> dbo.visits.place
--   dbo.app.visitor -> dbo.visits.visitor
--   dbo.app.screen -> dbo.visits.place
