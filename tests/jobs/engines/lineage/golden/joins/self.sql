-- Two aliases of one relation are one relation.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT a.id, b.price AS other FROM raw.orders a JOIN raw.orders b ON a.id = b.customer_id;
-- edges:
--   raw.orders.customer_id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.other DIRECT IDENTITY
