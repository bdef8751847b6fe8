-- Comments stand anywhere, even between GROUP and BY, and mean nothing.
-- dialect: duckdb
CREATE TABLE raw.orders (id int, customer_id int, price int, qty int, status varchar(10));
CREATE VIEW mart.a AS /* FROM nothing; */ SELECT status, -- id,
  SUM(price) AS s FROM raw.orders GROUP /* x */ BY status;
-- edges:
--   raw.orders.status -> mart.a.* INDIRECT GROUP_BY
--   raw.orders.price -> mart.a.s DIRECT AGGREGATION
--   raw.orders.status -> mart.a.status DIRECT IDENTITY
