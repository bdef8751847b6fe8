-- EXCEPT takes values from the left; all columns of both sides decide.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.u AS SELECT customer_id FROM raw.orders EXCEPT SELECT id FROM raw.customers;
-- edges:
--   raw.customers.id -> mart.u.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.u.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.u.customer_id DIRECT IDENTITY
