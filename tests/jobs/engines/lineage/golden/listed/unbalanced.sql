-- A string that never ends costs the statement it stands in.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT id FROM raw.orders;
CREATE VIEW mart.b AS SELECT 'oops FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.a.id DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 5: a string, a quoted name or a comment never ends
