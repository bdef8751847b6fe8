-- Column aliases rename by position.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT d.a, d.b FROM (SELECT id, price FROM raw.orders) AS d(a, b);
-- edges:
--   raw.orders.id -> mart.o.a DIRECT IDENTITY
--   raw.orders.price -> mart.o.b DIRECT IDENTITY
