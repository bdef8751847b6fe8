-- CREATE TABLE AS makes a table with the columns of its query.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x AS SELECT id, price AS amount FROM raw.orders;
CREATE VIEW mart.y AS SELECT * FROM mart.x;
-- edges:
--   raw.orders.price -> mart.x.amount DIRECT IDENTITY
--   raw.orders.id -> mart.x.id DIRECT IDENTITY
--   mart.x.amount -> mart.y.amount DIRECT IDENTITY
--   mart.x.id -> mart.y.id DIRECT IDENTITY
