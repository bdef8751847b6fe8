-- USING (…) in the place of ON joins by the columns of both sides.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
CREATE TABLE delivery (item int, price int);
MERGE INTO stock USING delivery USING (item) WHEN MATCHED THEN UPDATE SET price = delivery.price;
-- edges:
--   delivery.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.price -> stock.price DIRECT IDENTITY
