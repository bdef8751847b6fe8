-- In T-SQL the first FROM may be there, too.
-- dialect: tsql
-- default_schema: dbo
DELETE FROM s FROM dbo.stock AS s LEFT JOIN dbo.items AS i ON i.id = s.item WHERE i.id IS NULL
-- edges:
--   dbo.items.id -> dbo.stock.* INDIRECT FILTER
--   dbo.items.id -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
