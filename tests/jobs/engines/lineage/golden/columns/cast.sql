-- A cast is a transformation, a pair of parentheses is none.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT CAST(id AS varchar) AS text_id, (price) AS price, qty::text AS q FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.o.price DIRECT IDENTITY
--   raw.orders.qty -> mart.o.q DIRECT TRANSFORMATION
--   raw.orders.id -> mart.o.text_id DIRECT TRANSFORMATION
