-- A scalar subquery gives its value, and its rows decide.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT c.id, (SELECT MAX(o.price) FROM raw.orders o WHERE o.customer_id = c.id) AS top FROM raw.customers c;
-- edges:
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.customers.id -> mart.c.id DIRECT IDENTITY
--   raw.orders.price -> mart.c.top DIRECT AGGREGATION
