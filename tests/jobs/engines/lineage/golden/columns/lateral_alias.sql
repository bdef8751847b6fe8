-- An earlier output may be named by a later one where the dialect allows it.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT price * qty AS total, total * 2 AS double FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.o.double DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.double DIRECT TRANSFORMATION
--   raw.orders.price -> mart.o.total DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.total DIRECT TRANSFORMATION
