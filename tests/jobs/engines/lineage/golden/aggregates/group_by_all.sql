-- GROUP BY ALL groups by every output without an aggregate.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT status, SUM(price) AS s FROM raw.orders GROUP BY ALL;
-- edges:
--   raw.orders.status -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.price -> mart.o.s DIRECT AGGREGATION
--   raw.orders.status -> mart.o.status DIRECT IDENTITY
