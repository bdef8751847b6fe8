-- An unqualified name in a subquery may belong to the query around it.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT name FROM raw.customers WHERE 3 < (SELECT COUNT(*) FROM raw.orders WHERE customer_id = raw.customers.id AND status = city);
-- edges:
--   raw.customers.city -> mart.c.* INDIRECT FILTER
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.* -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.orders.status -> mart.c.* INDIRECT FILTER
--   raw.customers.name -> mart.c.name DIRECT IDENTITY
