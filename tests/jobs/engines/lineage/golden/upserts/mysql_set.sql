-- INSERT … SET names each column with its value.
-- dialect: mysql
INSERT IGNORE INTO stock SET item = 1, amount = (SELECT MAX(qty) FROM delivery);
-- edges:
--   delivery.qty -> stock.amount DIRECT AGGREGATION
