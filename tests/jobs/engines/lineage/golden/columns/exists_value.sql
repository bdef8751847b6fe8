-- EXISTS, ANY and arrays may stand in outputs.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT id, EXISTS (SELECT 1 FROM raw.orders o WHERE o.customer_id = c.id) AS buys, id = ANY (SELECT customer_id FROM raw.orders) AS b FROM raw.customers c;
-- edges:
--   raw.customers.id -> mart.c.* INDIRECT FILTER
--   raw.orders.customer_id -> mart.c.* INDIRECT FILTER
--   raw.customers.id -> mart.c.b DIRECT TRANSFORMATION
--   raw.orders.customer_id -> mart.c.b DIRECT TRANSFORMATION
--   raw.customers.id -> mart.c.id DIRECT IDENTITY
