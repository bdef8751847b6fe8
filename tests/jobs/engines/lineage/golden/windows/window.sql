-- PARTITION BY and ORDER BY of a window decide about that output only.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id, SUM(price) OVER (PARTITION BY customer_id ORDER BY qty) AS running, ROW_NUMBER() OVER (ORDER BY id) AS n, LAG(price) OVER (ORDER BY id) AS before FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.o.before INDIRECT WINDOW
--   raw.orders.price -> mart.o.before DIRECT TRANSFORMATION
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.id -> mart.o.n INDIRECT WINDOW
--   raw.orders.customer_id -> mart.o.running INDIRECT WINDOW
--   raw.orders.price -> mart.o.running DIRECT AGGREGATION
--   raw.orders.qty -> mart.o.running INDIRECT WINDOW
