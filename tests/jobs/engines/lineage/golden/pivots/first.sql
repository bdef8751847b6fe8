-- PIVOT makes a column of each value; the columns that it does not name group its rows.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT * FROM raw.orders PIVOT (SUM(price) FOR qty IN (1, 2));
-- edges:
--   raw.orders.customer_id -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.id -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.status -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.price -> mart.a.1 DIRECT AGGREGATION
--   raw.orders.qty -> mart.a.1 INDIRECT CONDITIONAL
--   raw.orders.price -> mart.a.2 DIRECT AGGREGATION
--   raw.orders.qty -> mart.a.2 INDIRECT CONDITIONAL
--   raw.orders.customer_id -> mart.a.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.orders.status -> mart.a.status DIRECT IDENTITY
