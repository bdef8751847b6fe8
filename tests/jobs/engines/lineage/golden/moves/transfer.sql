-- TRANSFER gives a relation another schema.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.stock (item int);
ALTER SCHEMA shop TRANSFER dbo.stock;
-- edges:
--   dbo.stock.item -> shop.stock.item DIRECT IDENTITY
