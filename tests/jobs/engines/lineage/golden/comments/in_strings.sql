-- What looks like a comment inside a string is none.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT id, '-- ; /*' AS a, status || ';' AS b FROM raw.orders; -- the end; really
-- edges:
--   raw.orders.status -> mart.a.b DIRECT TRANSFORMATION
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
