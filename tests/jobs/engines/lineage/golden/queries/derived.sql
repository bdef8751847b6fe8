-- Roles combine through a derived table: the strongest wins.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT d.total * 2 AS double, d.customer_id FROM (SELECT customer_id, SUM(price) AS total FROM raw.orders WHERE qty > 0 GROUP BY customer_id) AS d;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.qty -> mart.o.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.price -> mart.o.double DIRECT AGGREGATION
