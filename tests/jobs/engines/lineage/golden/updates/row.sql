-- A row of columns is set from a query by position.
-- dialect: oracle
UPDATE stock s SET (price, currency) = (SELECT p.amount, p.code FROM prices p WHERE p.item = s.item) WHERE EXISTS (SELECT 1 FROM prices q WHERE q.item = s.item);
-- edges:
--   PRICES.ITEM -> STOCK.* INDIRECT FILTER
--   STOCK.ITEM -> STOCK.* INDIRECT FILTER
--   PRICES.CODE -> STOCK.CURRENCY DIRECT IDENTITY
--   PRICES.AMOUNT -> STOCK.PRICE DIRECT IDENTITY
