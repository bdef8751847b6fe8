-- Joins inside of FROM influence the target as they do a view.
-- dialect: postgres
UPDATE stock AS s SET price = p.price FROM prices AS p JOIN currencies AS c ON c.code = p.currency WHERE p.item = s.item AND c.active;
-- edges:
--   currencies.active -> stock.* INDIRECT FILTER
--   currencies.code -> stock.* INDIRECT JOIN
--   prices.currency -> stock.* INDIRECT JOIN
--   prices.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT FILTER
--   prices.price -> stock.price DIRECT IDENTITY
