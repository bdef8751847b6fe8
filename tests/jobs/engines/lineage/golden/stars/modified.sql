-- EXCLUDE, REPLACE and RENAME change what a star shows.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT * EXCLUDE (status) REPLACE (price * 2 AS price) RENAME (qty AS quantity) FROM raw.orders;
-- edges:
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.quantity DIRECT IDENTITY
