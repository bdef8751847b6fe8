-- RETURNING of a named query gives what the rows became; what decided about them decides about the reader, too.
-- dialect: postgres
WITH changed AS (UPDATE stock SET price = list_price WHERE old RETURNING item, price) INSERT INTO price_log (item, price) SELECT item, price FROM changed;
-- edges:
--   stock.old -> price_log.* INDIRECT FILTER
--   stock.item -> price_log.item DIRECT IDENTITY
--   stock.price -> price_log.price DIRECT IDENTITY
--   stock.old -> stock.* INDIRECT FILTER
--   stock.list_price -> stock.price DIRECT IDENTITY
