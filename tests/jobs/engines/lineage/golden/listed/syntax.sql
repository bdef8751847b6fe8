-- A statement that the parser refuses costs only itself.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT FROM WHERE;
CREATE VIEW mart.b AS SELECT id FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.b.id DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Expected table name but got WHERE
