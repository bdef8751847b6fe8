-- Values without a column list go to the columns of the target by position.
-- dialect: snowflake
CREATE TABLE stock (item INT, price INT);
MERGE INTO stock t USING (SELECT item, price FROM delivery WHERE ok) s ON t.item = s.item WHEN MATCHED AND s.price IS NULL THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.item, s.price);
-- edges:
--   DELIVERY.ITEM -> STOCK.* INDIRECT JOIN
--   DELIVERY.OK -> STOCK.* INDIRECT FILTER
--   DELIVERY.PRICE -> STOCK.* INDIRECT FILTER
--   STOCK.ITEM -> STOCK.* INDIRECT JOIN
--   DELIVERY.ITEM -> STOCK.ITEM DIRECT IDENTITY
--   DELIVERY.PRICE -> STOCK.PRICE DIRECT IDENTITY
