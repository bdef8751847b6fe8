-- A macro of DuckDB gives a table or a value.
-- dialect: duckdb
CREATE MACRO items_of(wanted) AS TABLE SELECT item FROM stock WHERE kind = wanted;
CREATE MACRO twice(a) AS a * 2;
-- edges:
--   stock.kind -> items_of.* INDIRECT FILTER
--   stock.item -> items_of.item DIRECT IDENTITY
