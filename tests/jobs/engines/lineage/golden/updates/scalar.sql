-- A query as a value is a value: its output flows, its conditions influence the target as a whole.
-- dialect: oracle
UPDATE stock s SET s.price = (SELECT MAX(p.price) FROM prices p WHERE p.item = s.item);
-- edges:
--   PRICES.ITEM -> STOCK.* INDIRECT FILTER
--   STOCK.ITEM -> STOCK.* INDIRECT FILTER
--   PRICES.PRICE -> STOCK.PRICE DIRECT AGGREGATION
