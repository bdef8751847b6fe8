-- UNLOAD of a query in parentheses writes files.
-- dialect: trino
UNLOAD (SELECT item FROM shop.stock) TO 's3://bucket/out/' WITH (format = 'PARQUET');
-- edges:
--   shop.stock.item -> s3://bucket/out/.item DIRECT IDENTITY
