-- UNION BY NAME unites columns by name, COLUMNS(…) chooses them by name.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT id FROM raw.orders UNION BY NAME SELECT price AS id FROM raw.orders;
CREATE VIEW mart.b AS SELECT COLUMNS('p.*') FROM raw.orders;
CREATE VIEW mart.c AS SELECT COLUMNS(*) FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.price -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
--   raw.orders.price -> mart.a.id DIRECT IDENTITY
--   raw.orders.price -> mart.b.price DIRECT IDENTITY
--   raw.orders.customer_id -> mart.c.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.c.id DIRECT IDENTITY
--   raw.orders.price -> mart.c.price DIRECT IDENTITY
--   raw.orders.qty -> mart.c.qty DIRECT IDENTITY
--   raw.orders.status -> mart.c.status DIRECT IDENTITY
