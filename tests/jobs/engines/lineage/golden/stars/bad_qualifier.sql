-- A star of something that is no source is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.x AS SELECT id, nothing.* FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.x.id DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: nothing.* names no source in reach
