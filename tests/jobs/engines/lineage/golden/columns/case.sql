-- What CASE compares is a condition of its output only; what it returns is a source.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT id, CASE WHEN status = 'paid' THEN price ELSE qty END AS paid, CASE customer_id WHEN 1 THEN 0 ELSE price END AS p FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.customer_id -> mart.o.p INDIRECT CONDITIONAL
--   raw.orders.price -> mart.o.p DIRECT TRANSFORMATION
--   raw.orders.price -> mart.o.paid DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.paid DIRECT TRANSFORMATION
--   raw.orders.status -> mart.o.paid INDIRECT CONDITIONAL
