-- COUNT(*) depends on the rows of every source, not on a column.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.o AS SELECT COUNT(*) AS n, COUNT(1) AS m, COUNT(o.id) AS k FROM raw.orders o JOIN raw.customers c ON c.id = o.customer_id;
-- edges:
--   raw.customers.id -> mart.o.* INDIRECT JOIN
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.k DIRECT AGGREGATION
--   raw.customers.* -> mart.o.m DIRECT AGGREGATION
--   raw.orders.* -> mart.o.m DIRECT AGGREGATION
--   raw.customers.* -> mart.o.n DIRECT AGGREGATION
--   raw.orders.* -> mart.o.n DIRECT AGGREGATION
