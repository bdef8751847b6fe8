-- A file flows as a whole into the columns that COPY names, or into those that are known.
-- dialect: postgres
CREATE TABLE stock (item int, price int);
COPY stock FROM '/data/stock.csv' WITH (FORMAT csv);
COPY prices (item, price) FROM '/data/prices.csv';
-- edges:
--   /data/prices.csv.* -> prices.item DIRECT IDENTITY
--   /data/prices.csv.* -> prices.price DIRECT IDENTITY
--   /data/stock.csv.* -> stock.item DIRECT IDENTITY
--   /data/stock.csv.* -> stock.price DIRECT IDENTITY
