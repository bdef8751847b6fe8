-- A staging table that COPY fills passes its files on, as values and as what decides.
-- dialect: redshift
CREATE TABLE sales (id int, amount int);
CREATE TEMP TABLE staging (id int, amount int);
COPY staging FROM 's3://in/sales' IAM_ROLE default CSV;
DELETE FROM sales USING staging WHERE sales.id = staging.id;
INSERT INTO sales SELECT * FROM staging;
-- edges:
--   s3://in/sales.* -> sales.* INDIRECT FILTER
--   sales.id -> sales.* INDIRECT FILTER
--   s3://in/sales.* -> sales.amount DIRECT IDENTITY
--   s3://in/sales.* -> sales.id DIRECT IDENTITY
