-- A natural join compares the columns that both sides have.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.a AS SELECT * FROM raw.orders NATURAL JOIN raw.customers;
-- edges:
--   raw.customers.id -> mart.a.* INDIRECT JOIN
--   raw.orders.id -> mart.a.* INDIRECT JOIN
--   raw.customers.city -> mart.a.city DIRECT IDENTITY
--   raw.orders.customer_id -> mart.a.customer_id DIRECT IDENTITY
--   raw.customers.email -> mart.a.email DIRECT IDENTITY
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.customers.name -> mart.a.name DIRECT IDENTITY
--   raw.orders.price -> mart.a.price DIRECT IDENTITY
--   raw.orders.qty -> mart.a.qty DIRECT IDENTITY
--   raw.orders.status -> mart.a.status DIRECT IDENTITY
