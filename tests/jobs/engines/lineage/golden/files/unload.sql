-- UNLOAD holds its query in a string, whose quotes are doubled.
-- dialect: redshift
UNLOAD ('SELECT item, price FROM shop.stock WHERE kind = ''a'' AND price > 1') TO 's3://bucket/out/' IAM_ROLE 'arn';
-- edges:
--   shop.stock.kind -> s3://bucket/out/.* INDIRECT FILTER
--   shop.stock.price -> s3://bucket/out/.* INDIRECT FILTER
--   shop.stock.item -> s3://bucket/out/.item DIRECT IDENTITY
--   shop.stock.price -> s3://bucket/out/.price DIRECT IDENTITY
