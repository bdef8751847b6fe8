-- A column that is copied is an identity, under whatever name.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT o.id, o.price AS amount FROM raw.orders AS o;
-- edges:
--   raw.orders.price -> mart.o.amount DIRECT IDENTITY
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
