-- The right side of a semi join is not shown by a star.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.o AS SELECT * FROM raw.orders o SEMI JOIN raw.customers c ON o.customer_id = c.id;
-- edges:
--   raw.customers.id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
--   raw.orders.qty -> mart.o.qty DIRECT IDENTITY
--   raw.orders.status -> mart.o.status DIRECT IDENTITY
