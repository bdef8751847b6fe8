-- A query behind DO UPDATE reads relations of its own.
-- dialect: postgres
INSERT INTO stock (item, price) VALUES (1, 2) ON CONFLICT (item) DO UPDATE SET price = (SELECT MAX(p.price) FROM prices AS p WHERE p.item = EXCLUDED.item);
-- edges:
--   prices.item -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT JOIN
--   prices.price -> stock.price DIRECT AGGREGATION
