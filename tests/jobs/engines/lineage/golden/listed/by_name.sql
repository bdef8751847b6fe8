-- UNION BY NAME and COLUMNS are listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT id FROM raw.orders UNION BY NAME SELECT price AS id FROM raw.orders;
CREATE VIEW mart.b AS SELECT COLUMNS('p.*') FROM raw.orders;
CREATE VIEW mart.c AS SELECT COLUMNS(*) FROM raw.orders;
-- edges:
--   raw.orders.customer_id -> mart.c.customer_id DIRECT IDENTITY
--   raw.orders.id -> mart.c.id DIRECT IDENTITY
--   raw.orders.price -> mart.c.price DIRECT IDENTITY
--   raw.orders.qty -> mart.c.qty DIRECT IDENTITY
--   raw.orders.status -> mart.c.status DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 4: UNION BY NAME is not explained; it names raw.orders
--   NOT_SUPPORTED line 5: COLUMNS(…) is not explained; it names raw.orders
