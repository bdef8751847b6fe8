-- A natural join with unknown columns is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS SELECT price FROM raw.orders NATURAL JOIN other.thing;
-- edges:
--   other.thing.* -> mart.a.* INDIRECT JOIN
--   raw.orders.price -> mart.a.price DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 1: NATURAL JOIN with other.thing: the columns of a side are unknown
