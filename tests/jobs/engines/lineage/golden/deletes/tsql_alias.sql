-- In T-SQL the target may be an alias of the FROM clause behind it.
-- dialect: tsql
-- default_schema: dbo
DELETE s FROM dbo.stock AS s JOIN dbo.retired AS r ON r.item = s.item WHERE r.final = 1
-- edges:
--   dbo.retired.final -> dbo.stock.* INDIRECT FILTER
--   dbo.retired.item -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
