-- Of two definitions the later one counts, and the other is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.x AS SELECT id FROM raw.orders;
CREATE OR REPLACE VIEW mart.x AS SELECT price FROM raw.orders;
-- edges:
--   raw.orders.price -> mart.x.price DIRECT IDENTITY
-- unresolved:
--   DUPLICATE line 4: mart.x is defined again later; the later definition is used
