-- QUALIFY filters rows.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id, price FROM raw.orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY price DESC) = 1;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT FILTER
--   raw.orders.price -> mart.o.* INDIRECT FILTER
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
