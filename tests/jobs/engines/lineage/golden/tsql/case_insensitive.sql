-- Names meet in any case, quoted or not.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE Sales.Orders (Id int, [Unit Price] money)
GO
CREATE VIEW SALES.V AS SELECT ID, [unit price] AS P FROM sales."ORDERS"
-- edges:
--   sales.orders.id -> sales.v.id DIRECT IDENTITY
--   sales.orders.unit price -> sales.v.p DIRECT IDENTITY
