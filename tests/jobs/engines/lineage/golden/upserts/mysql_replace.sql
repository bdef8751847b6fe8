-- REPLACE is an INSERT that makes room first.
-- dialect: mysql
REPLACE INTO stock (item, amount) SELECT article, qty FROM delivery;
-- edges:
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.article -> stock.item DIRECT IDENTITY
