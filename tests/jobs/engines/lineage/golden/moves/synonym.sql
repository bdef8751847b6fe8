-- A synonym reads as what it stands for.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.stock (item int);
CREATE SYNONYM dbo.goods FOR dbo.stock;
GO
CREATE VIEW dbo.v AS SELECT item FROM dbo.goods
-- edges:
--   dbo.stock.item -> dbo.goods.item DIRECT IDENTITY
--   dbo.goods.item -> dbo.v.item DIRECT IDENTITY
