-- WHERE decides about the relation as a whole.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id FROM raw.orders WHERE status = 'paid' AND (price > 3 OR qty > 1);
-- edges:
--   raw.orders.price -> mart.o.* INDIRECT FILTER
--   raw.orders.qty -> mart.o.* INDIRECT FILTER
--   raw.orders.status -> mart.o.* INDIRECT FILTER
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
