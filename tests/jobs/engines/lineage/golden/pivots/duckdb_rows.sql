-- Without the values of a PIVOT its columns are not known.
-- dialect: duckdb
CREATE TABLE sales (item int, month int, amount int);
CREATE TABLE t AS WITH p AS (PIVOT sales ON month USING SUM(amount) GROUP BY item) SELECT * FROM p;
-- edges:
--   sales.amount -> t.* DIRECT AGGREGATION
--   sales.item -> t.* INDIRECT GROUP_BY
--   sales.month -> t.* INDIRECT CONDITIONAL
--   sales.item -> t.item DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of PIVOT are unknown, so this star stays open
