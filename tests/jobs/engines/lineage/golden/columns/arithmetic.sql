-- Both operands of an expression are sources of its result.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT o.id, o.price * o.qty AS total FROM raw.orders AS o;
-- edges:
--   raw.orders.id -> mart.o.id DIRECT IDENTITY
--   raw.orders.price -> mart.o.total DIRECT TRANSFORMATION
--   raw.orders.qty -> mart.o.total DIRECT TRANSFORMATION
