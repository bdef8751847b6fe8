-- The source of a MERGE may be a named query, with its own conditions.
-- dialect: tsql
-- default_schema: dbo
WITH latest AS (SELECT item, MAX(price) AS price FROM dbo.delivery WHERE day > 5 GROUP BY item) MERGE TOP (10) dbo.stock AS t USING latest AS s ON s.item = t.item WHEN MATCHED THEN UPDATE SET price = s.price;
-- edges:
--   dbo.delivery.day -> dbo.stock.* INDIRECT FILTER
--   dbo.delivery.item -> dbo.stock.* INDIRECT GROUP_BY
--   dbo.delivery.item -> dbo.stock.* INDIRECT JOIN
--   dbo.stock.item -> dbo.stock.* INDIRECT JOIN
--   dbo.delivery.price -> dbo.stock.price DIRECT AGGREGATION
