-- FILTER is a condition of its aggregate only.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT SUM(price) FILTER (WHERE status = 'paid') AS paid FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.o.paid DIRECT AGGREGATION
--   raw.orders.status -> mart.o.paid INDIRECT CONDITIONAL
