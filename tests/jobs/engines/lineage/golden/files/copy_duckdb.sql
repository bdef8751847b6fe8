-- A file that is written may be read again: columns lead through it.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
COPY (SELECT item, SUM(price) AS price FROM stock GROUP BY item) TO 'stock.parquet' (FORMAT parquet);
CREATE VIEW v AS SELECT * FROM 'stock.parquet';
-- edges:
--   stock.item -> stock.parquet.* INDIRECT GROUP_BY
--   stock.item -> stock.parquet.item DIRECT IDENTITY
--   stock.price -> stock.parquet.price DIRECT AGGREGATION
--   stock.parquet.item -> v.item DIRECT IDENTITY
--   stock.parquet.price -> v.price DIRECT IDENTITY
