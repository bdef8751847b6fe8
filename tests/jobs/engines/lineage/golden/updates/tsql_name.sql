-- In T-SQL the target in FROM under its own name is the target itself, not a second look at it.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.stock SET price = p.price FROM dbo.stock JOIN dbo.prices AS p ON p.item = stock.item
-- edges:
--   dbo.prices.item -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
--   dbo.prices.price -> dbo.stock.price DIRECT IDENTITY
