-- COPY of Redshift reads a bucket.
-- dialect: redshift
COPY shop.stock FROM 's3://bucket/stock/' IAM_ROLE 'arn' FORMAT AS PARQUET;
-- edges:
--   s3://bucket/stock/.* -> shop.stock.* DIRECT IDENTITY
