-- An external table is filled by the place that it names.
-- dialect: redshift
CREATE EXTERNAL TABLE lake.stock (item int, price int) STORED AS PARQUET LOCATION 's3://bucket/stock/';
-- edges:
--   s3://bucket/stock/.* -> lake.stock.item DIRECT IDENTITY
--   s3://bucket/stock/.* -> lake.stock.price DIRECT IDENTITY
