-- An aggregate is the strongest role on its way.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT customer_id, SUM(price * qty) + 1 AS total FROM raw.orders GROUP BY customer_id;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.price -> mart.o.total DIRECT AGGREGATION
--   raw.orders.qty -> mart.o.total DIRECT AGGREGATION
