-- UPDATE, DELETE and MERGE write: values into the columns set, conditions onto the relation as a whole.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
UPDATE raw.orders SET price = 1;
DELETE FROM raw.orders WHERE id = 1;
MERGE INTO raw.orders AS t USING ext.s AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET price = s.price;
-- edges:
--   ext.s.id -> raw.orders.* INDIRECT JOIN
--   raw.orders.id -> raw.orders.* INDIRECT FILTER
--   raw.orders.id -> raw.orders.* INDIRECT JOIN
--   ext.s.price -> raw.orders.price DIRECT IDENTITY
