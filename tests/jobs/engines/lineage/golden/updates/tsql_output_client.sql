-- OUTPUT without INTO gives rows to the client and fills nothing.
-- dialect: tsql
-- default_schema: dbo
UPDATE dbo.stock SET price = list_price OUTPUT inserted.price WHERE item > 5
-- edges:
--   dbo.stock.item -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.list_price -> dbo.stock.price DIRECT IDENTITY
