-- What ON compares decides about the relation as a whole.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.o AS SELECT o.id, name FROM raw.orders o JOIN raw.customers c ON o.customer_id = c.id AND c.city = 'Ulm';
-- edges:
--   raw.customers.city -> mart.o.* INDIRECT JOIN
--   raw.customers.id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.customers.name -> mart.o.name DIRECT IDENTITY
