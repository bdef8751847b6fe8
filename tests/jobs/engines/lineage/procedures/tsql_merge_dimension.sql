-- A dimension is merged from a temporary table.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE crm.Customer (Id int, Name nvarchar(80), City nvarchar(40))
CREATE TABLE dw.DimCustomer (CustomerKey int IDENTITY, CustomerId int, Name nvarchar(80), City nvarchar(40))
GO
CREATE PROCEDURE dw.MergeCustomer
AS
BEGIN
  SELECT Id, UPPER(Name) AS Name, City INTO #c FROM crm.Customer;
  MERGE dw.DimCustomer AS t
  USING #c AS s ON t.CustomerId = s.Id
  WHEN MATCHED AND t.Name <> s.Name THEN UPDATE SET Name = s.Name, City = s.City
  WHEN NOT MATCHED THEN INSERT (CustomerId, Name, City) VALUES (s.Id, s.Name, s.City);
END
-- truth:
--   dw.mergecustomer reads crm.customer
--   dw.mergecustomer writes dw.dimcustomer
--   crm.customer.id -> dw.dimcustomer.customerid
--   crm.customer.name -> dw.dimcustomer.name
--   crm.customer.city -> dw.dimcustomer.city
