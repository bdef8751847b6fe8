-- GROUP BY may name an output.
-- dialect: duckdb
CREATE TABLE raw.customers (id int, name varchar(40), city varchar(40), email varchar(80));
CREATE VIEW mart.c AS SELECT upper(city) AS town, count(*) AS n FROM raw.customers GROUP BY town;
-- edges:
--   raw.customers.city -> mart.c.* INDIRECT GROUP_BY
--   raw.customers.* -> mart.c.n DIRECT AGGREGATION
--   raw.customers.city -> mart.c.town DIRECT TRANSFORMATION
