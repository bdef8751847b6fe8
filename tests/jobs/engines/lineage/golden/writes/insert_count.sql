-- INSERT with the wrong number of columns is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a int, b int);
INSERT INTO mart.x SELECT id FROM raw.orders;
INSERT INTO mart.x (nope) SELECT id FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.x.* DIRECT IDENTITY
--   raw.orders.id -> mart.x.a DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 5: the query gives 1 and mart.x takes 2 columns
--   UNBOUND_COLUMN line 6: mart.x has no column nope
