-- UNLOAD of a query in a string whose quotes are doubled gives the files its columns.
-- dialect: redshift
CREATE TABLE shop.sales (id int, day date, amount int);
UNLOAD ('SELECT id, amount FROM shop.sales WHERE day > ''2024-01-01''') TO 's3://out/sales_' IAM_ROLE default FORMAT PARQUET;
-- edges:
--   shop.sales.day -> s3://out/sales_.* INDIRECT FILTER
--   shop.sales.amount -> s3://out/sales_.amount DIRECT IDENTITY
--   shop.sales.id -> s3://out/sales_.id DIRECT IDENTITY
