-- OUTPUT … INTO a table variable, which an audit table is filled from: with columns of the changed table.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Staging (Code varchar(10), Label nvarchar(50))
CREATE TABLE dbo.Item (ItemId int IDENTITY(1,1), Code varchar(10), Label nvarchar(50))
CREATE TABLE dbo.ItemAudit (ItemId int, Code varchar(10), Loaded datetime)
GO
CREATE PROCEDURE dbo.LoadItems
AS
BEGIN
  DECLARE @new TABLE (id int, code varchar(10));
  INSERT INTO dbo.Item (Code, Label)
  OUTPUT inserted.ItemId, inserted.Code INTO @new (id, code)
  SELECT s.Code, s.Label FROM dbo.Staging AS s;
  INSERT INTO dbo.ItemAudit (ItemId, Code, Loaded)
  SELECT n.id, n.code, SYSDATETIME() FROM @new AS n;
END
-- truth:
--   dbo.loaditems reads dbo.staging
--   dbo.loaditems writes dbo.item, dbo.itemaudit
--   dbo.staging.code -> dbo.item.code
--   dbo.staging.label -> dbo.item.label
--   dbo.item.itemid -> dbo.itemaudit.itemid
--   dbo.item.code -> dbo.itemaudit.code
