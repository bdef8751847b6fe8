-- Joins in parentheses are in reach of everything around them.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE TABLE raw.city (name varchar(40), zip varchar(9));
CREATE VIEW mart.o AS SELECT o.id, zip FROM raw.orders o JOIN (raw.customers c JOIN raw.city t ON t.name = c.city) ON o.customer_id = c.id;
-- edges:
--   raw.city.name -> mart.o.* INDIRECT JOIN
--   raw.customers.city -> mart.o.* INDIRECT JOIN
--   raw.customers.id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.city.zip -> mart.o.zip DIRECT IDENTITY
