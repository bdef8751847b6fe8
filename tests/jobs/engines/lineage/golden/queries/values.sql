-- VALUES is a source without sources.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT o.id, v.label FROM raw.orders o JOIN (VALUES (1, 'a'), (2, 'b')) AS v(id, label) ON v.id = o.id;
-- edges:
--   raw.orders.id -> mart.o.* INDIRECT JOIN
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
