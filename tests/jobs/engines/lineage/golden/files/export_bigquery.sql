-- EXPORT DATA writes to the address among its options.
-- dialect: bigquery
EXPORT DATA OPTIONS (uri = 'gs://bucket/*.csv', format = 'CSV') AS SELECT item, price FROM shop.stock WHERE price > 1;
-- edges:
--   shop.stock.price -> gs://bucket/*.csv.* INDIRECT FILTER
--   shop.stock.item -> gs://bucket/*.csv.item DIRECT IDENTITY
--   shop.stock.price -> gs://bucket/*.csv.price DIRECT IDENTITY
