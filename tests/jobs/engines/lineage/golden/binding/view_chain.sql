-- A view binds to the columns of the views that it reads, in any order of texts.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.b AS SELECT total, id FROM mart.a;
CREATE VIEW mart.a AS SELECT *, price * qty AS total FROM raw.orders;
-- edges:
--   raw.orders.customer_id -> mart.a.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.orders.price -> mart.a.price DIRECT IDENTITY
--   raw.orders.qty -> mart.a.qty DIRECT IDENTITY
--   raw.orders.status -> mart.a.status DIRECT IDENTITY
--   raw.orders.price -> mart.a.total DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.a.total DIRECT TRANSFORMATION
--   mart.a.id -> mart.b.id DIRECT IDENTITY
--   mart.a.total -> mart.b.total DIRECT IDENTITY
