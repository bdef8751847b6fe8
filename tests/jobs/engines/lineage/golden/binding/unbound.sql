-- A name that fits nothing is listed, and invents no column.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.x AS SELECT id, colour, o.size, z.id AS zid FROM raw.orders o;
-- edges:
--   raw.orders.id -> mart.x.id DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: colour fits no source in reach
--   UNBOUND_COLUMN line 4: o.size fits no source in reach
--   UNBOUND_COLUMN line 4: z.id fits no source in reach
