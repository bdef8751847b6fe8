-- COPY INTO a bucket writes a file from a table.
-- dialect: snowflake
CREATE TABLE stock (item INT, price INT);
COPY INTO 's3://bucket/out/' FROM stock;
-- edges:
--   STOCK.ITEM -> s3://bucket/out/.ITEM DIRECT IDENTITY
--   STOCK.PRICE -> s3://bucket/out/.PRICE DIRECT IDENTITY
