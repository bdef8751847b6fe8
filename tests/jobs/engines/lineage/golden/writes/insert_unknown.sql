-- INSERT into a table that nothing declares reaches it as a whole, and is listed.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
INSERT INTO mart.x SELECT id, price FROM raw.orders;
-- edges:
--   raw.orders.id -> mart.x.* DIRECT IDENTITY (its place in the target is not known)
--   raw.orders.price -> mart.x.* DIRECT IDENTITY (its place in the target is not known)
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of mart.x are unknown
