-- A lateral query reads the sources before it.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT c.name, l.price FROM raw.customers c CROSS JOIN LATERAL (SELECT o.price FROM raw.orders o WHERE o.customer_id = c.id ORDER BY o.qty LIMIT 1) AS l;
-- edges:
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.orders.qty -> mart.c.* INDIRECT SORT
--   raw.customers.name -> mart.c.name DIRECT IDENTITY
--   raw.orders.price -> mart.c.price DIRECT IDENTITY
