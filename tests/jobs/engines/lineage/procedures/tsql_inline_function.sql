-- An inline table-valued function stands between the table and the procedure that reads it.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Shipment (Id int, Warehouse int, Weight decimal(9,2), SentOn date)
CREATE TABLE dbo.Freight (Id int, Kilos decimal(9,2))
GO
CREATE FUNCTION dbo.SentFrom (@warehouse int)
RETURNS TABLE
AS
RETURN (SELECT s.Id, s.Weight AS Kilos FROM dbo.Shipment AS s WHERE s.Warehouse = @warehouse)
GO
CREATE PROCEDURE dbo.FillFreight @w int
AS
INSERT INTO dbo.Freight (Id, Kilos) SELECT f.Id, f.Kilos FROM dbo.SentFrom(@w) AS f
-- truth:
--   dbo.fillfreight reads dbo.sentfrom
--   dbo.fillfreight writes dbo.freight
--   dbo.shipment.id -> dbo.sentfrom.id
--   dbo.shipment.weight -> dbo.sentfrom.kilos
--   dbo.sentfrom.id -> dbo.freight.id
--   dbo.sentfrom.kilos -> dbo.freight.kilos
