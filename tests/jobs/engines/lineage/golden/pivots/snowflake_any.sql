-- A PIVOT over any values has columns that only the rows tell.
-- dialect: snowflake
CREATE TABLE sales (item INT, month TEXT, amount INT);
CREATE VIEW v AS SELECT * FROM sales PIVOT (SUM(amount) FOR month IN (ANY ORDER BY month));
-- edges:
--   SALES.AMOUNT -> V.* DIRECT AGGREGATION
--   SALES.ITEM -> V.* INDIRECT GROUP_BY
--   SALES.MONTH -> V.* INDIRECT CONDITIONAL
--   SALES.ITEM -> V.ITEM DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of PIVOT are unknown, so this star stays open
