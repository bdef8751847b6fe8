-- UPDATE, DELETE and MERGE are listed with the tables that they name.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
UPDATE raw.orders SET price = 1;
DELETE FROM raw.orders WHERE id = 1;
MERGE INTO raw.orders AS t USING ext.s AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET price = s.price;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: UPDATE is not explained yet; it names raw.orders
--   NOT_SUPPORTED line 5: DELETE is not explained yet; it names raw.orders
--   NOT_SUPPORTED line 6: MERGE is not explained yet; it names raw.orders, ext.s
