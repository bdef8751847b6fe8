-- A name that no known source has belongs to the one source whose columns are unknown.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.x AS SELECT price, colour FROM raw.orders JOIN ext.things t ON t.id = raw.orders.id;
-- edges:
--   ext.things.id -> mart.x.* INDIRECT JOIN
--   raw.orders.id -> mart.x.* INDIRECT JOIN
--   ext.things.colour -> mart.x.colour DIRECT IDENTITY (assumed: its columns are not known)
--   raw.orders.price -> mart.x.price DIRECT IDENTITY
