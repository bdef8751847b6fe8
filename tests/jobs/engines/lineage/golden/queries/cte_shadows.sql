-- A named query hides the relation of the same name, but reads it itself.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE orders (id int, price int);
CREATE VIEW mart.o AS WITH orders AS (SELECT id, price + 1 AS more FROM orders) SELECT id, more FROM orders;
-- edges:
--   orders.id -> mart.o.id DIRECT IDENTITY
--   orders.price -> mart.o.more DIRECT TRANSFORMATION
