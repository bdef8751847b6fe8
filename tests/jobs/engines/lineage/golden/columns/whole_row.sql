-- The alias of a source alone means its whole row.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT o AS whole FROM raw.orders AS o;
-- edges:
--   raw.orders.* -> mart.o.whole DIRECT IDENTITY
