-- UNION compares whole rows, so that every column decides.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.u AS SELECT id FROM raw.orders UNION SELECT id FROM raw.customers;
-- edges:
--   raw.customers.id -> mart.u.* INDIRECT GROUP_BY
--   raw.orders.id -> mart.u.* INDIRECT GROUP_BY
--   raw.customers.id -> mart.u.id DIRECT IDENTITY
--   raw.orders.id -> mart.u.id DIRECT IDENTITY
