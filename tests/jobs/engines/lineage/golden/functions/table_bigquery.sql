-- A table function is read under its name.
-- dialect: bigquery
CREATE OR REPLACE TABLE FUNCTION shop.items_of(wanted INT64) AS SELECT item FROM shop.stock WHERE kind = wanted;
CREATE VIEW shop.v AS SELECT item FROM shop.items_of(3);
-- edges:
--   shop.stock.kind -> shop.items_of.* INDIRECT FILTER
--   shop.stock.item -> shop.items_of.item DIRECT IDENTITY
--   shop.items_of.item -> shop.v.item DIRECT IDENTITY
