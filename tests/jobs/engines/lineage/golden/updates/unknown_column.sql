-- A column that the target does not have is listed.
-- dialect: duckdb
CREATE TABLE stock (item int, price int);
UPDATE stock SET prize = price;
-- edges:
--   stock.price -> stock.* DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: stock has no column prize
