-- A star that stays open in one branch leaves the positions behind it open.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.u AS SELECT id, price FROM raw.orders UNION ALL SELECT * FROM old.orders;
-- edges:
--   old.orders.* -> mart.u.* DIRECT IDENTITY
--   raw.orders.id -> mart.u.id DIRECT IDENTITY
--   raw.orders.price -> mart.u.price DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of old.orders are unknown, so this star stays open
