-- A load without a single semicolon, inside a transaction.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Orders (OrderId int, CustomerId int, OrderDate date, Status char(1))
CREATE TABLE dbo.OrderLines (OrderId int, ProductId int, Qty int, Price money)
CREATE TABLE mart.DailySales (SalesDate date, CustomerId int, Revenue money, Lines int)
GO
CREATE PROCEDURE mart.LoadDailySales @From date, @To date
AS
SET NOCOUNT ON
SET XACT_ABORT ON
BEGIN TRAN
TRUNCATE TABLE mart.DailySales
INSERT INTO mart.DailySales (SalesDate, CustomerId, Revenue, Lines)
SELECT o.OrderDate, o.CustomerId, SUM(l.Qty * l.Price), COUNT(l.ProductId)
FROM dbo.Orders o
JOIN dbo.OrderLines l ON l.OrderId = o.OrderId
WHERE o.OrderDate BETWEEN @From AND @To
  AND o.Status <> 'X'
GROUP BY o.OrderDate, o.CustomerId
COMMIT TRAN
RETURN 0
-- truth:
--   mart.loaddailysales reads dbo.orders, dbo.orderlines
--   mart.loaddailysales writes mart.dailysales
--   dbo.orders.orderdate -> mart.dailysales.salesdate
--   dbo.orders.customerid -> mart.dailysales.customerid
--   dbo.orderlines.qty -> mart.dailysales.revenue
--   dbo.orderlines.price -> mart.dailysales.revenue
--   dbo.orderlines.productid -> mart.dailysales.lines
