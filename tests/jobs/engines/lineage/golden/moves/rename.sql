-- A renamed table goes on under its new name, in the same schema.
-- dialect: postgres
CREATE TABLE shop.stock (item int, price int);
ALTER TABLE shop.stock RENAME TO goods;
CREATE VIEW shop.v AS SELECT * FROM shop.goods;
-- edges:
--   shop.stock.item -> shop.goods.item DIRECT IDENTITY
--   shop.stock.price -> shop.goods.price DIRECT IDENTITY
--   shop.goods.item -> shop.v.item DIRECT IDENTITY
--   shop.goods.price -> shop.v.price DIRECT IDENTITY
