-- IF and ELSE fill one temporary table in two ways, and what follows reads both.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Config (Name varchar(30), Value varchar(30))
CREATE TABLE dbo.Live (Sku varchar(20), Stock int)
CREATE TABLE dbo.Snapshot (Sku varchar(20), Units int)
CREATE TABLE dbo.Stock (Sku varchar(20), Quantity int)
GO
CREATE PROCEDURE dbo.RefreshStock
AS
BEGIN
  CREATE TABLE #s (sku varchar(20), q int)
  IF EXISTS (SELECT * FROM dbo.Config WHERE Name = 'live' AND Value = 'yes') BEGIN
    INSERT INTO #s SELECT Sku, Stock FROM dbo.Live
  END ELSE BEGIN
    INSERT INTO #s SELECT Sku, Units FROM dbo.Snapshot
  END
  INSERT dbo.Stock (Sku, Quantity) SELECT sku, q FROM #s
END
-- truth:
--   dbo.refreshstock reads dbo.config, dbo.live, dbo.snapshot
--   dbo.refreshstock writes dbo.stock
--   dbo.live.sku -> dbo.stock.sku
--   dbo.snapshot.sku -> dbo.stock.sku
--   dbo.live.stock -> dbo.stock.quantity
--   dbo.snapshot.units -> dbo.stock.quantity
