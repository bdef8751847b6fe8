-- RETURNING tells the row before from the row after.
-- dialect: postgres
WITH c AS (UPDATE stock SET price = list_price RETURNING old.price AS was, new.price AS is_now) INSERT INTO price_log (was, is_now) SELECT was, is_now FROM c;
-- edges:
--   stock.price -> price_log.is_now DIRECT IDENTITY
--   stock.price -> price_log.was DIRECT IDENTITY
--   stock.list_price -> stock.price DIRECT IDENTITY
