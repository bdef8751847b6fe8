-- Parentheses around queries and sources change nothing.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id FROM ((SELECT id FROM (raw.orders)));
-- edges:
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
