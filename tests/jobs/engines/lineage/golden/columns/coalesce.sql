-- COALESCE takes its value from all arguments.
-- dialect: duckdb
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT COALESCE(name, email, 'nobody') AS who FROM raw.customers;
-- edges:
--   raw.customers.email -> mart.c.who DIRECT TRANSFORMATION
--   raw.customers.name -> mart.c.who DIRECT TRANSFORMATION
