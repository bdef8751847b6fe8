-- CREATE TABLE AS may name and type its columns.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a, b) AS SELECT id, price FROM raw.orders;
CREATE TABLE mart.y AS (VALUES (1, 2));
-- edges:
--   raw.orders.id -> mart.x.a DIRECT IDENTITY
--   raw.orders.price -> mart.x.b DIRECT IDENTITY
