-- A derived table in FROM may be the target, too.
-- dialect: tsql
-- default_schema: dbo
UPDATE d SET d.price = d.list_price FROM (SELECT price, list_price FROM dbo.stock WHERE old = 0) AS d
-- edges:
--   dbo.stock.old -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.list_price -> dbo.stock.price DIRECT IDENTITY
