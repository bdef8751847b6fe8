-- UNPIVOT makes rows of columns: each is a source of the value, and decides whether there is a row.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.sales (item int, jan int, feb int);
GO
CREATE VIEW dbo.v AS SELECT item, month, amount FROM dbo.sales UNPIVOT (amount FOR month IN (jan, feb)) AS u
-- edges:
--   dbo.sales.feb -> dbo.v.* INDIRECT FILTER
--   dbo.sales.jan -> dbo.v.* INDIRECT FILTER
--   dbo.sales.feb -> dbo.v.amount DIRECT IDENTITY
--   dbo.sales.jan -> dbo.v.amount DIRECT IDENTITY
--   dbo.sales.item -> dbo.v.item DIRECT IDENTITY
