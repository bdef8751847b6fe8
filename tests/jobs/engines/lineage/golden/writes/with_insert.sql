-- Named queries may stand before INSERT.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a int);
WITH s AS (SELECT price FROM raw.orders) INSERT INTO mart.x SELECT price FROM s;
-- edges:
--   raw.orders.price -> mart.x.a DIRECT IDENTITY
