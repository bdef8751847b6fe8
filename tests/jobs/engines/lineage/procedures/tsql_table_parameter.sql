-- A table-valued parameter carries rows from the procedure that calls.
-- dialect: tsql
-- default_schema: dbo
CREATE TYPE dbo.LineList AS TABLE (Sku varchar(20), Qty int)
GO
CREATE TABLE dbo.Basket (BasketId int, Article varchar(20), Pieces int)
CREATE TABLE dbo.OrderLine (OrderId int, Sku varchar(20), Qty int)
GO
CREATE PROCEDURE dbo.AddLines @OrderId int, @Lines dbo.LineList READONLY
AS
INSERT INTO dbo.OrderLine (OrderId, Sku, Qty)
SELECT @OrderId, l.Sku, l.Qty FROM @Lines AS l
GO
CREATE PROCEDURE dbo.Checkout @BasketId int
AS
BEGIN
  DECLARE @l dbo.LineList
  INSERT INTO @l (Sku, Qty) SELECT b.Article, b.Pieces FROM dbo.Basket b WHERE b.BasketId = @BasketId
  EXEC dbo.AddLines @OrderId = @BasketId, @Lines = @l
END
-- truth:
--   dbo.addlines writes dbo.orderline
--   dbo.checkout reads dbo.basket, dbo.addlines
--   dbo.basket.article -> dbo.orderline.sku
--   dbo.basket.pieces -> dbo.orderline.qty
