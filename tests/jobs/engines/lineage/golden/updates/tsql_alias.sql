-- In T-SQL the target may be an alias of the FROM clause.
-- dialect: tsql
-- default_schema: dbo
UPDATE s SET s.price = p.price FROM dbo.stock AS s INNER JOIN dbo.prices AS p ON p.item = s.item WHERE p.valid = 1
-- edges:
--   dbo.prices.item -> dbo.stock.* INDIRECT JOIN
--   dbo.prices.valid -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
--   dbo.prices.price -> dbo.stock.price DIRECT IDENTITY
