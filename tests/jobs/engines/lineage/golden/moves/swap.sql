-- SWAP WITH exchanges the rows of two tables.
-- dialect: snowflake
CREATE TABLE stock (item INT);
CREATE TABLE stock_new (item INT);
ALTER TABLE stock SWAP WITH stock_new;
-- edges:
--   STOCK_NEW.ITEM -> STOCK.ITEM DIRECT IDENTITY
--   STOCK.ITEM -> STOCK_NEW.ITEM DIRECT IDENTITY
