-- Several aggregates make a column of each value and aggregate; COUNT(*) counts the rows of the source.
-- dialect: bigquery
CREATE TABLE shop.sales (item STRING, month STRING, amount INT64);
CREATE VIEW shop.v AS SELECT * FROM shop.sales PIVOT (SUM(amount) AS total, COUNT(*) AS n FOR month IN ('jan', 'feb' AS february));
-- edges:
--   shop.sales.item -> shop.v.* INDIRECT GROUP_BY
--   shop.sales.item -> shop.v.item DIRECT IDENTITY
--   shop.sales.* -> shop.v.n_february DIRECT AGGREGATION
--   shop.sales.month -> shop.v.n_february INDIRECT CONDITIONAL
--   shop.sales.* -> shop.v.n_jan DIRECT AGGREGATION
--   shop.sales.month -> shop.v.n_jan INDIRECT CONDITIONAL
--   shop.sales.amount -> shop.v.total_february DIRECT AGGREGATION
--   shop.sales.month -> shop.v.total_february INDIRECT CONDITIONAL
--   shop.sales.amount -> shop.v.total_jan DIRECT AGGREGATION
--   shop.sales.month -> shop.v.total_jan INDIRECT CONDITIONAL
