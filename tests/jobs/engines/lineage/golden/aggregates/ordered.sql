-- The order inside an aggregate matters for its output; a percentile takes its values from there.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT string_agg(status, ',' ORDER BY qty) AS all_, percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median FROM raw.orders;
-- edges:
--   raw.orders.qty -> mart.o.all_ INDIRECT WINDOW
--   raw.orders.status -> mart.o.all_ DIRECT AGGREGATION
--   raw.orders.price -> mart.o.median DIRECT AGGREGATION
