-- A named query before UPDATE is in reach of it.
-- dialect: postgres
WITH latest AS (SELECT item, MAX(day) AS day FROM sales GROUP BY item) UPDATE stock SET last_sale = latest.day FROM latest WHERE latest.item = stock.item;
-- edges:
--   sales.item -> stock.* INDIRECT FILTER
--   sales.item -> stock.* INDIRECT GROUP_BY
--   stock.item -> stock.* INDIRECT FILTER
--   sales.day -> stock.last_sale DIRECT AGGREGATION
