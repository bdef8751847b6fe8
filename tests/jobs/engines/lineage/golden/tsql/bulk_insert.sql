-- BULK INSERT reads a file.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.stock (item int, price int);
BULK INSERT dbo.stock FROM 'C:\data\stock.csv' WITH (FIRSTROW = 2);
-- edges:
--   C:\data\stock.csv.* -> dbo.stock.item DIRECT IDENTITY
--   C:\data\stock.csv.* -> dbo.stock.price DIRECT IDENTITY
