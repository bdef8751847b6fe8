-- INSERT maps by position onto its column list.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a int, b int, c int);
INSERT INTO mart.x (c, a) SELECT id, price FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.x.a DIRECT IDENTITY
--   raw.orders.id -> mart.x.c DIRECT IDENTITY
