-- What is done about conflicts is passed over.
-- dialect: sqlite
UPDATE OR IGNORE stock SET price = list_price;
-- edges:
--   stock.list_price -> stock.price DIRECT IDENTITY
