-- TOP and a missing FROM are passed over.
-- dialect: tsql
-- default_schema: dbo
DELETE TOP (100) PERCENT dbo.stock WHERE price = 0
-- edges:
--   dbo.stock.price -> dbo.stock.* INDIRECT FILTER
