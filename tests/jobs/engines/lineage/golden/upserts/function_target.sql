-- A function as a target is the file that it writes.
-- dialect: clickhouse
INSERT INTO FUNCTION s3('https://bucket/x.parquet', 'Parquet') SELECT item, amount * 2 AS double FROM stock;
-- edges:
--   stock.amount -> https://bucket/x.parquet.double DIRECT TRANSFORMATION
--   stock.item -> https://bucket/x.parquet.item DIRECT IDENTITY
