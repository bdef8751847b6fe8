-- A constant comes from nowhere.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT 1 AS one, 'x' AS letter, id FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
