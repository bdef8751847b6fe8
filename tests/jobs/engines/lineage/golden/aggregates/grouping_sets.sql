-- Every column of ROLLUP and GROUPING SETS groups.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT customer_id, status, SUM(price) AS s FROM raw.orders GROUP BY ROLLUP (customer_id, status);
CREATE VIEW mart.p AS SELECT qty, status FROM raw.orders GROUP BY GROUPING SETS ((qty), (qty, status));
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.status -> mart.o.* INDIRECT GROUP_BY
--   raw.orders.customer_id -> mart.o.customer_id DIRECT IDENTITY
--   raw.orders.price -> mart.o.s DIRECT AGGREGATION
--   raw.orders.status -> mart.o.status DIRECT IDENTITY
--   raw.orders.qty -> mart.p.* INDIRECT GROUP_BY
--   raw.orders.status -> mart.p.* INDIRECT GROUP_BY
--   raw.orders.qty -> mart.p.qty DIRECT IDENTITY
--   raw.orders.status -> mart.p.status DIRECT IDENTITY
