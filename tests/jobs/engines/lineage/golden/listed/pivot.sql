-- PIVOT is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT * FROM raw.orders PIVOT (SUM(price) FOR qty IN (1, 2));
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: PIVOT is not explained; it names raw.orders
