-- OR REPLACE and OR IGNORE insert as usual.
-- dialect: duckdb
CREATE TABLE stock (item int, amount int);
INSERT OR REPLACE INTO stock SELECT article, qty FROM delivery;
INSERT OR IGNORE INTO stock BY NAME SELECT qty AS amount FROM delivery;
-- edges:
--   delivery.qty -> stock.amount DIRECT IDENTITY
--   delivery.article -> stock.item DIRECT IDENTITY
