-- What is joined to a pivoted source stays beside it.
-- dialect: snowflake
CREATE TABLE sales (item INT, month TEXT, amount INT);
CREATE VIEW v AS SELECT i.name, p.jan FROM sales PIVOT (SUM(amount) FOR month IN ('jan')) AS p (item, jan) JOIN items AS i ON i.id = p.item;
-- edges:
--   ITEMS.ID -> V.* INDIRECT JOIN
--   SALES.ITEM -> V.* INDIRECT GROUP_BY
--   SALES.ITEM -> V.* INDIRECT JOIN
--   SALES.AMOUNT -> V.JAN DIRECT AGGREGATION
--   SALES.MONTH -> V.JAN INDIRECT CONDITIONAL
--   ITEMS.NAME -> V.NAME DIRECT IDENTITY
