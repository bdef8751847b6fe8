-- HAVING is a filter; GROUP BY may name an output by its number.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT customer_id, MAX(price) AS top FROM raw.orders GROUP BY 1 HAVING SUM(qty) > 3;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.qty -> mart.o.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.price -> mart.o.top DIRECT AGGREGATION
