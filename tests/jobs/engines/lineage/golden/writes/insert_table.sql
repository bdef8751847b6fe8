-- INSERT … TABLE copies a table.
-- dialect: spark
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a int, b int);
INSERT INTO mart.x TABLE raw.pair;
CREATE TABLE raw.pair (c int, d int);
INSERT INTO mart.x DEFAULT VALUES;
-- edges:
--   raw.pair.c -> mart.x.a DIRECT IDENTITY
--   raw.pair.d -> mart.x.b DIRECT IDENTITY
