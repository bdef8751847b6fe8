-- Names behind the alias name all columns by position.
-- dialect: snowflake
CREATE TABLE sales (item INT, month TEXT, amount INT);
CREATE VIEW v AS SELECT * FROM sales PIVOT (SUM(amount) FOR month IN ('jan', 'feb')) AS p (item, january, february);
-- edges:
--   SALES.ITEM -> V.* INDIRECT GROUP_BY
--   SALES.AMOUNT -> V.FEBRUARY DIRECT AGGREGATION
--   SALES.MONTH -> V.FEBRUARY INDIRECT CONDITIONAL
--   SALES.ITEM -> V.ITEM DIRECT IDENTITY
--   SALES.AMOUNT -> V.JANUARY DIRECT AGGREGATION
--   SALES.MONTH -> V.JANUARY INDIRECT CONDITIONAL
