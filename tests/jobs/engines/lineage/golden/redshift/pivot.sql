-- PIVOT of Redshift groups by the columns that it does not name.
-- dialect: redshift
CREATE TABLE sales (region varchar(9), quarter varchar(2), amount int);
CREATE VIEW v AS SELECT * FROM (SELECT region, quarter, amount FROM sales) PIVOT (SUM(amount) FOR quarter IN ('q1', 'q2'));
-- edges:
--   sales.region -> v.* INDIRECT GROUP_BY
--   sales.amount -> v.q1 DIRECT AGGREGATION
--   sales.quarter -> v.q1 INDIRECT CONDITIONAL
--   sales.amount -> v.q2 DIRECT AGGREGATION
--   sales.quarter -> v.q2 INDIRECT CONDITIONAL
--   sales.region -> v.region DIRECT IDENTITY
