-- Names in brackets hold blanks and dots; capitals do not matter.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW [dbo].[Order Totals] AS SELECT [Order].[Net.Price] * [Qty] AS [Total Price] FROM [dbo].[Order]
-- edges:
--   dbo.order.net.price -> dbo.order totals.total price DIRECT TRANSFORMATION
--   dbo.order.qty -> dbo.order totals.total price DIRECT TRANSFORMATION
