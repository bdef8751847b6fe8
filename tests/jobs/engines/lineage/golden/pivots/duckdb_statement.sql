-- PIVOT as a statement of its own groups by what GROUP BY says.
-- dialect: duckdb
CREATE TABLE sales (item int, month int, amount int, day int);
CREATE VIEW v AS PIVOT sales ON month IN (1, 2) USING SUM(amount) AS total GROUP BY item;
-- edges:
--   sales.item -> v.* INDIRECT GROUP_BY
--   sales.amount -> v.1_total DIRECT AGGREGATION
--   sales.month -> v.1_total INDIRECT CONDITIONAL
--   sales.amount -> v.2_total DIRECT AGGREGATION
--   sales.month -> v.2_total INDIRECT CONDITIONAL
--   sales.item -> v.item DIRECT IDENTITY
