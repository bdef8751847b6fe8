-- FROM adds relations beside the target; the target is no part of it.
-- dialect: postgres
UPDATE stock SET price = p.price FROM prices AS p WHERE p.item = stock.item;
-- edges:
--   prices.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT FILTER
--   prices.price -> stock.price DIRECT IDENTITY
