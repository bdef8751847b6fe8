-- EXISTS is a filter by what it compares, on both sides.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT name FROM raw.customers AS c WHERE EXISTS (SELECT 1 FROM raw.orders AS o WHERE o.customer_id = c.id AND status = 'paid');
-- edges:
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.orders.status -> mart.c.* INDIRECT FILTER
--   raw.customers.name -> mart.c.name DIRECT IDENTITY
