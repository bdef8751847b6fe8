-- A public synonym is one, too.
-- dialect: oracle
CREATE TABLE shop.stock (item INT);
CREATE OR REPLACE PUBLIC SYNONYM goods FOR shop.stock;
-- edges:
--   SHOP.STOCK.ITEM -> GOODS.ITEM DIRECT IDENTITY
