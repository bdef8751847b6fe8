-- A renamed relation of unknown columns stays open.
-- dialect: postgres
ALTER TABLE stock RENAME TO goods;
-- edges:
--   stock.* -> goods.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of stock are unknown, so this star stays open
