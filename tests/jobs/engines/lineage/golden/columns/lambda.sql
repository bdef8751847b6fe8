-- The parameter of a lambda is no column.
-- dialect: duckdb
CREATE TABLE raw.l (items int[], x int, bonus int);
CREATE VIEW mart.l AS SELECT list_transform(items, x -> x + bonus) AS more FROM raw.l;
-- edges:
--   raw.l.bonus -> mart.l.more DIRECT TRANSFORMATION
--   raw.l.items -> mart.l.more DIRECT TRANSFORMATION
