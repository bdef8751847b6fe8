-- A trigger writes the old and the new rows of its table into a history.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Price (Sku varchar(20), Amount money, ChangedBy sysname)
CREATE TABLE dbo.PriceHistory (Sku varchar(20), OldAmount money, NewAmount money, Who sysname)
GO
CREATE TRIGGER dbo.PriceChanged ON dbo.Price AFTER INSERT, UPDATE
AS
BEGIN
  SET NOCOUNT ON;
  IF UPDATE(Amount)
  BEGIN
    INSERT INTO dbo.PriceHistory (Sku, OldAmount, NewAmount, Who)
    SELECT i.Sku, d.Amount, i.Amount, i.ChangedBy
    FROM inserted AS i
    LEFT JOIN deleted AS d ON d.Sku = i.Sku;
  END
END
-- truth:
--   dbo.price.sku -> dbo.pricehistory.sku
--   dbo.price.amount -> dbo.pricehistory.oldamount
--   dbo.price.amount -> dbo.pricehistory.newamount
--   dbo.price.changedby -> dbo.pricehistory.who
