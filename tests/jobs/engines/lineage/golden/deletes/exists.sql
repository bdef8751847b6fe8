-- A correlated query in WHERE leads from both of its sides.
-- dialect: duckdb
DELETE FROM stock WHERE NOT EXISTS (SELECT 1 FROM sales WHERE sales.item = stock.item AND sales.day > 5);
-- edges:
--   sales.day -> stock.* INDIRECT FILTER
--   sales.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT FILTER
