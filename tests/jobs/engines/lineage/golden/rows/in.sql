-- IN over a query is a filter by its output and by its rows.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT name FROM raw.customers WHERE id IN (SELECT customer_id FROM raw.orders WHERE price > 10);
-- edges:
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.orders.price -> mart.c.* INDIRECT FILTER
--   raw.customers.name -> mart.c.name DIRECT IDENTITY
