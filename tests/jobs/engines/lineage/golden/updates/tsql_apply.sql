-- APPLY in FROM reads for each row of the target.
-- dialect: tsql
-- default_schema: dbo
UPDATE s SET s.last_sale = l.day FROM dbo.stock AS s CROSS APPLY (SELECT MAX(x.day) AS day FROM dbo.sales AS x WHERE x.item = s.item) AS l
-- edges:
--   dbo.sales.item -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.item -> dbo.stock.* INDIRECT FILTER
--   dbo.sales.day -> dbo.stock.last_sale DIRECT AGGREGATION
