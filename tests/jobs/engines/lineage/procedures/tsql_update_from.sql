-- UPDATE … FROM of a final table and of a temporary one.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Product (Id int, ListPrice money, Category int)
CREATE TABLE dbo.Discount (Category int, Percentage decimal(5,2))
CREATE TABLE dbo.Offer (ProductId int, Price money)
GO
CREATE PROCEDURE dbo.Reprice
AS
BEGIN
  SELECT Id, ListPrice AS Price, Category INTO #p FROM dbo.Product
  UPDATE x SET x.Price = d.Percentage
  FROM #p x JOIN dbo.Discount d ON d.Category = x.Category
  UPDATE o SET o.Price = x.Price
  FROM dbo.Offer o INNER JOIN #p x ON x.Id = o.ProductId
END
-- truth:
--   dbo.reprice reads dbo.product, dbo.discount
--   dbo.reprice writes dbo.offer
--   dbo.product.listprice -> dbo.offer.price
--   dbo.discount.percentage -> dbo.offer.price
