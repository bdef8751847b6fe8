-- INSERT BY NAME maps by name.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (price int, id int);
INSERT INTO mart.x BY NAME SELECT id, price FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.x.id DIRECT IDENTITY
--   raw.orders.price -> mart.x.price DIRECT IDENTITY
