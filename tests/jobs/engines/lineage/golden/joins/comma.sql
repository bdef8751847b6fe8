-- Commas join without a condition; WHERE is the filter.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.o AS SELECT price, city FROM raw.orders o, raw.customers c WHERE o.customer_id = c.id;
-- edges:
--   raw.customers.id -> mart.o.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.o.* INDIRECT FILTER
--   raw.customers.city -> mart.o.city DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
