-- An INSERT of a MERGE sees the source alone: there is no row of the target.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
CREATE TABLE delivery (item int, price int);
MERGE INTO stock AS t USING delivery AS s ON t.item = s.item WHEN NOT MATCHED THEN INSERT (item, price) VALUES (item, price + 1);
-- edges:
--   delivery.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.item -> stock.item DIRECT IDENTITY
--   delivery.price -> stock.price DIRECT TRANSFORMATION
