-- ALL BY NAME takes the columns that both have.
-- dialect: snowflake
CREATE TABLE stock (item INT, price INT);
CREATE TABLE delivery (price INT, truck INT, item INT);
MERGE INTO stock USING delivery ON stock.item = delivery.item WHEN MATCHED THEN UPDATE ALL BY NAME WHEN NOT MATCHED THEN INSERT ALL BY NAME;
-- edges:
--   DELIVERY.ITEM -> STOCK.* INDIRECT JOIN
--   STOCK.ITEM -> STOCK.* INDIRECT JOIN
--   DELIVERY.ITEM -> STOCK.ITEM DIRECT IDENTITY
--   DELIVERY.PRICE -> STOCK.PRICE DIRECT IDENTITY
