-- A source that reads the target leads from it.
-- dialect: snowflake
MERGE INTO stock t USING (SELECT item, MAX(price) OVER (PARTITION BY kind) AS top FROM stock) s ON t.item = s.item WHEN MATCHED THEN UPDATE SET top = s.top;
-- edges:
--   STOCK.ITEM -> STOCK.* INDIRECT JOIN
--   STOCK.KIND -> STOCK.TOP INDIRECT WINDOW
--   STOCK.PRICE -> STOCK.TOP DIRECT AGGREGATION
