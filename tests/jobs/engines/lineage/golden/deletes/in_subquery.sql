-- A query with IN compares its output with the column.
-- dialect: snowflake
DELETE FROM stock WHERE item IN (SELECT item FROM retired);
-- edges:
--   RETIRED.ITEM -> STOCK.* INDIRECT FILTER
--   STOCK.ITEM -> STOCK.* INDIRECT FILTER
