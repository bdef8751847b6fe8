-- Without a column list EXCLUDED has the columns of the target.
-- dialect: postgres
CREATE TABLE stock (item int, amount int);
INSERT INTO stock SELECT article, qty FROM delivery ON CONFLICT (item) DO UPDATE SET amount = EXCLUDED.amount;
-- edges:
--   delivery.article -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.article -> stock.item DIRECT IDENTITY
