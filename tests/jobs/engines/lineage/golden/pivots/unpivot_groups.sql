-- Groups of columns become several values of one row.
-- dialect: bigquery
CREATE TABLE shop.sales (item INT64, jan INT64, feb INT64, jan_n INT64, feb_n INT64);
CREATE VIEW shop.v AS SELECT * FROM shop.sales UNPIVOT ((amount, n) FOR month IN ((jan, jan_n), (feb, feb_n)));
-- edges:
--   shop.sales.feb -> shop.v.* INDIRECT FILTER
--   shop.sales.feb_n -> shop.v.* INDIRECT FILTER
--   shop.sales.jan -> shop.v.* INDIRECT FILTER
--   shop.sales.jan_n -> shop.v.* INDIRECT FILTER
--   shop.sales.feb -> shop.v.amount DIRECT IDENTITY
--   shop.sales.jan -> shop.v.amount DIRECT IDENTITY
--   shop.sales.item -> shop.v.item DIRECT IDENTITY
--   shop.sales.feb_n -> shop.v.n DIRECT IDENTITY
--   shop.sales.jan_n -> shop.v.n DIRECT IDENTITY
