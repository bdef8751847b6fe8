-- VALUES unites the expressions of a column.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.o AS SELECT x.k FROM raw.orders o, LATERAL (VALUES (o.id), (o.price)) AS x(k);
-- edges:
--   raw.orders.id -> mart.o.k DIRECT IDENTITY
--   raw.orders.price -> mart.o.k DIRECT IDENTITY
