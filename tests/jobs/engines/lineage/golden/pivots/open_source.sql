-- Columns of a pivoted relation that nobody knows stay open, those that the PIVOT makes do not.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT item, jan FROM shop.sales PIVOT (SUM(amount) FOR month IN ('jan'));
-- edges:
--   shop.sales.* -> shop.v.* INDIRECT GROUP_BY (without amount, month)
--   shop.sales.item -> shop.v.item DIRECT IDENTITY
--   shop.sales.amount -> shop.v.jan DIRECT AGGREGATION
--   shop.sales.month -> shop.v.jan INDIRECT CONDITIONAL
