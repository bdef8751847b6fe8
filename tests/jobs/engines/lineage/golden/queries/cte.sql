-- A named query is looked through, twice if it is read twice.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS WITH paid AS (SELECT * FROM raw.orders WHERE status = 'paid'), t AS (SELECT customer_id AS c, SUM(price) AS s FROM paid GROUP BY 1) SELECT p.id, t.s FROM paid p JOIN t ON t.c = p.customer_id;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.status -> mart.o.* INDIRECT FILTER
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.s DIRECT AGGREGATION
