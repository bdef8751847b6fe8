-- Constants have no source, so that EXCLUDED has none either.
-- dialect: postgres
INSERT INTO stock (item, amount) VALUES (1, 2) ON CONFLICT (item) DO UPDATE SET amount = stock.amount + EXCLUDED.amount, seen = now();
-- edges:
--   stock.item -> stock.* INDIRECT JOIN
--   stock.amount -> stock.amount DIRECT TRANSFORMATION
