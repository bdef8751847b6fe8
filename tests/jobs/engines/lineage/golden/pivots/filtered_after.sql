-- A condition on a pivoted column leads to what was aggregated.
-- dialect: duckdb
CREATE TABLE sales (item int, month varchar, amount int);
CREATE VIEW v AS SELECT item FROM sales PIVOT (SUM(amount) FOR month IN ('jan')) AS p WHERE p.jan > 5;
-- edges:
--   sales.amount -> v.* INDIRECT FILTER
--   sales.item -> v.* INDIRECT GROUP_BY
--   sales.month -> v.* INDIRECT FILTER
--   sales.item -> v.item DIRECT IDENTITY
