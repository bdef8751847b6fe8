-- OUTPUT INTO keeps what was deleted.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.stock (item int, price int);
CREATE TABLE dbo.gone (item int, price int);
DELETE FROM dbo.stock OUTPUT deleted.* INTO dbo.gone WHERE price = 0
-- edges:
--   dbo.stock.price -> dbo.gone.* INDIRECT FILTER
--   dbo.stock.item -> dbo.gone.item DIRECT IDENTITY
--   dbo.stock.price -> dbo.gone.price DIRECT IDENTITY
--   dbo.stock.price -> dbo.stock.* INDIRECT FILTER
