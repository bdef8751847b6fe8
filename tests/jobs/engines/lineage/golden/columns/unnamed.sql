-- An output without a name is called by its place.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id, price + 1 FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.o.column_2 DIRECT TRANSFORMATION
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
