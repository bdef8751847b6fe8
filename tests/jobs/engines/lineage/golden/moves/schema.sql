-- SET SCHEMA gives a relation another name.
-- dialect: postgres
CREATE TABLE raw.stock (item int);
ALTER TABLE raw.stock SET SCHEMA shop;
-- edges:
--   raw.stock.item -> shop.stock.item DIRECT IDENTITY
