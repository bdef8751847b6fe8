-- A SELECT that fills nothing is explained, and has no edges.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
SELECT price, * FROM raw.orders;
SELECT a FROM ext.t;
-- edges:
