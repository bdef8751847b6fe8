-- INSERT without a list maps onto the columns of its target.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE mart.x (a int, b int);
INSERT INTO mart.x SELECT id, price FROM raw.orders WHERE qty > 0;
-- edges:
--   raw.orders.qty -> mart.x.* INDIRECT FILTER
--   raw.orders.id -> mart.x.a DIRECT IDENTITY
--   raw.orders.price -> mart.x.b DIRECT IDENTITY
