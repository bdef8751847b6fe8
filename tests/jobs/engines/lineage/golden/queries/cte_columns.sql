-- A named query may name its columns, and may hold others.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS WITH a(x, y) AS (WITH b AS (SELECT id, price FROM raw.orders) SELECT * FROM b) SELECT y, x FROM a;
-- edges:
--   raw.orders.id -> mart.o.x DIRECT IDENTITY
--   raw.orders.price -> mart.o.y DIRECT IDENTITY
