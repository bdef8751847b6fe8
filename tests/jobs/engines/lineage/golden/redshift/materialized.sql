-- A materialized view with keys that refreshes itself is a view of its query.
-- dialect: redshift
CREATE TABLE sales (id int, region int, amount int);
CREATE MATERIALIZED VIEW by_region BACKUP NO DISTSTYLE KEY DISTKEY (region) SORTKEY (region) AUTO REFRESH YES AS SELECT region, SUM(amount) AS total FROM sales GROUP BY region;
-- edges:
--   sales.region -> by_region.* INDIRECT GROUP_BY
--   sales.region -> by_region.region DIRECT IDENTITY
--   sales.amount -> by_region.total DIRECT AGGREGATION
