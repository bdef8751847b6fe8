-- DISTINCT groups by everything it puts out.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT DISTINCT customer_id, status FROM raw.orders;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.status -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.status -> mart.o.status DIRECT IDENTITY
