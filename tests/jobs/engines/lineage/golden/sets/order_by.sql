-- ORDER BY of a set operation names its outputs.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.u AS SELECT id, price FROM raw.orders UNION ALL SELECT qty, price FROM raw.orders ORDER BY price, 1 LIMIT 5;
-- edges:
--   raw.orders.id -> mart.u.* INDIRECT SORT
--   raw.orders.price -> mart.u.* INDIRECT SORT
--   raw.orders.qty -> mart.u.* INDIRECT SORT
--   raw.orders.id -> mart.u.id DIRECT IDENTITY
--   raw.orders.qty -> mart.u.id DIRECT IDENTITY
--   raw.orders.price -> mart.u.price DIRECT IDENTITY
