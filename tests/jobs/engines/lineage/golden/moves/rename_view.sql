-- A renamed view goes on under its new name.
-- dialect: snowflake
CREATE VIEW v AS SELECT item FROM stock;
ALTER VIEW v RENAME TO w;
-- edges:
--   STOCK.ITEM -> V.ITEM DIRECT IDENTITY
--   V.ITEM -> W.ITEM DIRECT IDENTITY
