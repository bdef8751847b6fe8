-- A table over files is filled by them, unless a query fills it.
-- dialect: spark
CREATE EXTERNAL TABLE lake.stock (item INT) STORED AS PARQUET LOCATION 's3://bucket/stock/';
CREATE TABLE lake.goods USING parquet LOCATION 's3://bucket/goods/' AS SELECT item FROM lake.stock;
-- edges:
--   lake.stock.item -> lake.goods.item DIRECT IDENTITY
--   s3://bucket/stock/.* -> lake.stock.item DIRECT IDENTITY
