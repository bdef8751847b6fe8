-- LOAD DATA reads the addresses among its options.
-- dialect: bigquery
CREATE TABLE shop.stock (item INT64, price INT64);
LOAD DATA INTO shop.stock FROM FILES (format = 'CSV', uris = ['gs://bucket/stock.csv']);
-- edges:
--   gs://bucket/stock.csv.* -> shop.stock.item DIRECT IDENTITY
--   gs://bucket/stock.csv.* -> shop.stock.price DIRECT IDENTITY
