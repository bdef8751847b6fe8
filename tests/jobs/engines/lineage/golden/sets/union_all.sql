-- The branches of UNION ALL meet by position.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.u AS SELECT id, status AS label FROM raw.orders UNION ALL SELECT id + 1, city FROM raw.customers;
-- edges:
--   raw.customers.id -> mart.u.id DIRECT TRANSFORMATION
--   raw.orders.id -> mart.u.id DIRECT IDENTITY
--   raw.customers.city -> mart.u.label DIRECT IDENTITY
--   raw.orders.status -> mart.u.label DIRECT IDENTITY
