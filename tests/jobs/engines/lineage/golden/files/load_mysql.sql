-- LOAD DATA INFILE reads a file into the columns that it names.
-- dialect: mysql
LOAD DATA LOCAL INFILE '/tmp/stock.csv' IGNORE INTO TABLE stock (item, price);
-- edges:
--   /tmp/stock.csv.* -> stock.item DIRECT IDENTITY
--   /tmp/stock.csv.* -> stock.price DIRECT IDENTITY
