-- A named window counts where it is used, and may build upon another.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT SUM(price) OVER w AS s, AVG(qty) OVER (w ORDER BY id) AS a FROM raw.orders WINDOW w AS (PARTITION BY customer_id);
-- edges:
--   raw.orders.customer_id -> mart.o.a INDIRECT WINDOW
--   raw.orders.id -> mart.o.a INDIRECT WINDOW
--   raw.orders.qty -> mart.o.a DIRECT AGGREGATION
--   raw.orders.customer_id -> mart.o.s INDIRECT WINDOW
--   raw.orders.price -> mart.o.s DIRECT AGGREGATION
