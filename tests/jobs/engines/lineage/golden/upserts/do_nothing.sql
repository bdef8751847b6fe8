-- Rows that are there already are left out: the keys of both sides decide.
-- dialect: postgres
INSERT INTO stock (item, amount) SELECT article, qty FROM delivery ON CONFLICT (item) DO NOTHING;
-- edges:
--   delivery.article -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.article -> stock.item DIRECT IDENTITY
