-- UNPIVOT as a statement calls its columns name and value, if nothing else is said.
-- dialect: duckdb
CREATE TABLE sales (item int, jan int, feb int);
CREATE VIEW v AS UNPIVOT sales ON jan, feb;
CREATE VIEW w AS UNPIVOT sales ON jan, feb INTO NAME month VALUE amount;
-- edges:
--   sales.feb -> v.* INDIRECT FILTER
--   sales.jan -> v.* INDIRECT FILTER
--   sales.item -> v.item DIRECT IDENTITY
--   sales.feb -> v.value DIRECT IDENTITY
--   sales.jan -> v.value DIRECT IDENTITY
--   sales.feb -> w.* INDIRECT FILTER
--   sales.jan -> w.* INDIRECT FILTER
--   sales.feb -> w.amount DIRECT IDENTITY
--   sales.jan -> w.amount DIRECT IDENTITY
--   sales.item -> w.item DIRECT IDENTITY
