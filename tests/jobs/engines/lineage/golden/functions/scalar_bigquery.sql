-- A query inside of the expression of a function is read.
-- dialect: bigquery
CREATE TEMP FUNCTION top_price(add INT64) AS ((SELECT MAX(price) FROM shop.stock) + add);
-- edges:
--   shop.stock.price -> top_price.column_1 DIRECT AGGREGATION
