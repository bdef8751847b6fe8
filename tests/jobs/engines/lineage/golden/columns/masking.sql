-- A hash or mask around a column marks the edge as masking.
-- dialect: duckdb
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT md5(email) AS digest, upper(sha256(lower(name))) AS n, email || md5(email) AS both_ FROM raw.customers;
-- edges:
--   raw.customers.email -> mart.c.both_ DIRECT TRANSFORMATION
--   raw.customers.email -> mart.c.digest DIRECT TRANSFORMATION MASKING
--   raw.customers.name -> mart.c.n DIRECT TRANSFORMATION MASKING
