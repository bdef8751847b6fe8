-- ON CONFLICT, RETURNING and a data-changing named query are read with the INSERT that they belong to.
-- dialect: postgres
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
INSERT INTO mart.x (a) SELECT id FROM raw.orders ON CONFLICT (a) DO UPDATE SET a = 1;
INSERT INTO mart.x (a) SELECT id FROM raw.orders RETURNING a;
WITH d AS (DELETE FROM raw.orders RETURNING id) INSERT INTO mart.x (a) SELECT id FROM d;
-- edges:
--   mart.x.a -> mart.x.* INDIRECT JOIN
--   raw.orders.id -> mart.x.* INDIRECT JOIN
--   raw.orders.id -> mart.x.a DIRECT IDENTITY
