-- The column list of a view names by position.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.x (key, amount) AS SELECT id, price * qty FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.x.amount DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.x.amount DIRECT TRANSFORMATION
--   raw.orders.id -> mart.x.key DIRECT IDENTITY
