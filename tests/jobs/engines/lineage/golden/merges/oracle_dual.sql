-- A source without a table of its own gives constants.
-- dialect: oracle
MERGE INTO stock t USING (SELECT 1 AS item FROM dual) s ON (t.item = s.item) WHEN MATCHED THEN UPDATE SET t.price = t.list_price;
-- edges:
--   STOCK.ITEM -> STOCK.* INDIRECT JOIN
--   STOCK.LIST_PRICE -> STOCK.PRICE DIRECT IDENTITY
