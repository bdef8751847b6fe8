-- A star shows all columns of all sources in order.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.o AS SELECT c.*, o.price FROM raw.orders o JOIN raw.customers c ON c.id = o.customer_id;
-- edges:
--   raw.customers.id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.customers.city -> mart.o.city DIRECT IDENTITY
--   raw.customers.email -> mart.o.email DIRECT IDENTITY
--   raw.customers.id -> mart.o.id DIRECT IDENTITY
--   raw.customers.name -> mart.o.name DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
