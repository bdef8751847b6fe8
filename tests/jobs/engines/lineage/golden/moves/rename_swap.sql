-- A chain of renames is how tables are replaced: each name gets the rows of another one.
-- dialect: postgres
CREATE TABLE stock (item int);
CREATE TABLE stock_new (item int);
INSERT INTO stock_new SELECT article FROM delivery;
ALTER TABLE stock RENAME TO stock_old;
ALTER TABLE stock_new RENAME TO stock;
-- edges:
--   stock_new.item -> stock.item DIRECT IDENTITY
--   delivery.article -> stock_new.item DIRECT IDENTITY
--   stock.item -> stock_old.item DIRECT IDENTITY
