-- VALUES(a) behind ON DUPLICATE KEY is the value that could not be inserted.
-- dialect: mysql
INSERT INTO stock (item, amount) SELECT article, qty FROM delivery ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount), seen = delivery.day;
-- edges:
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.qty -> stock.amount DIRECT TRANSFORMATION
--   stock.amount -> stock.amount DIRECT TRANSFORMATION
--   delivery.article -> stock.item DIRECT IDENTITY
--   delivery.day -> stock.seen DIRECT IDENTITY
