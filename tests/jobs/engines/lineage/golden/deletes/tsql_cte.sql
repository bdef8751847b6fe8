-- Deleting doubles through a named query deletes them from the table.
-- dialect: tsql
-- default_schema: dbo
WITH doubles AS (SELECT item, ROW_NUMBER() OVER (PARTITION BY item ORDER BY day DESC) AS n FROM dbo.stock) DELETE FROM doubles WHERE n > 1
-- edges:
--   dbo.stock.day -> dbo.stock.* INDIRECT FILTER
--   dbo.stock.item -> dbo.stock.* INDIRECT FILTER
