-- A PIVOT for two columns is conditional on both.
-- dialect: spark
CREATE TABLE sales (item INT, month INT, year INT, amount INT);
CREATE VIEW v AS SELECT * FROM sales PIVOT (SUM(amount) FOR (year, month) IN ((2024, 1) AS a, (2024, 2) AS b));
-- edges:
--   sales.item -> v.* INDIRECT GROUP_BY
--   sales.amount -> v.a DIRECT AGGREGATION
--   sales.month -> v.a INDIRECT CONDITIONAL
--   sales.year -> v.a INDIRECT CONDITIONAL
--   sales.amount -> v.b DIRECT AGGREGATION
--   sales.month -> v.b INDIRECT CONDITIONAL
--   sales.year -> v.b INDIRECT CONDITIONAL
--   sales.item -> v.item DIRECT IDENTITY
