-- COPY FROM of DuckDB reads a file.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
COPY stock FROM 'stock.csv' (HEADER);
-- edges:
--   stock.csv.* -> stock.item DIRECT IDENTITY
--   stock.csv.* -> stock.price DIRECT IDENTITY
