-- A materialized view is a view.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE MATERIALIZED VIEW mart.x AS SELECT price FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.x.price DIRECT IDENTITY
