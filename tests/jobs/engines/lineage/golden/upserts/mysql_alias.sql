-- A row alias names the row that could not be inserted.
-- dialect: mysql
INSERT INTO stock (item, amount) VALUES (1, (SELECT MAX(qty) FROM delivery)) AS new ON DUPLICATE KEY UPDATE amount = new.amount;
-- edges:
--   delivery.qty -> stock.amount DIRECT AGGREGATION
