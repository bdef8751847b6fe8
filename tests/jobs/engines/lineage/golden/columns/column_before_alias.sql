-- A column of a source comes before an output of the same name.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT qty AS price, price + 1 AS p FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.o.p DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.price DIRECT IDENTITY
