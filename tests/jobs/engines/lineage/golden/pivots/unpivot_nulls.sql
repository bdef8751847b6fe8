-- Where rows of NULL are included no column decides.
-- dialect: bigquery
CREATE TABLE shop.sales (item INT64, jan INT64, feb INT64);
CREATE VIEW shop.v AS SELECT * FROM shop.sales UNPIVOT INCLUDE NULLS (amount FOR month IN (jan AS 'j', feb AS 'f'));
-- edges:
--   shop.sales.feb -> shop.v.amount DIRECT IDENTITY
--   shop.sales.jan -> shop.v.amount DIRECT IDENTITY
--   shop.sales.item -> shop.v.item DIRECT IDENTITY
