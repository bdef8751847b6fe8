-- In T-SQL a target that FROM does not name stands beside it.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.stock SET price = p.price FROM dbo.prices AS p WHERE p.item = stock.item
-- edges:
--   dbo.prices.item -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.item -> dbo.stock.* INDIRECT FILTER
--   dbo.prices.price -> dbo.stock.price DIRECT IDENTITY
