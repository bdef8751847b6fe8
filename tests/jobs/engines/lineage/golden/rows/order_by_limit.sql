-- ORDER BY matters only where a limit keeps some of the rows.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT id FROM raw.orders ORDER BY price LIMIT 3;
CREATE VIEW mart.b AS SELECT id FROM raw.orders ORDER BY price;
CREATE VIEW mart.c AS (SELECT id FROM raw.orders) ORDER BY id LIMIT 2;
-- edges:
--   raw.orders.price -> mart.a.* INDIRECT SORT
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.orders.id -> mart.b.id DIRECT IDENTITY
--   raw.orders.id -> mart.c.* INDIRECT SORT
--   raw.orders.id -> mart.c.id DIRECT IDENTITY
