-- A constraint by its name does not say which columns decide.
-- dialect: postgres
INSERT INTO stock (item, amount) SELECT article, qty FROM delivery ON CONFLICT ON CONSTRAINT stock_key DO UPDATE SET amount = EXCLUDED.amount;
-- edges:
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.article -> stock.item DIRECT IDENTITY
