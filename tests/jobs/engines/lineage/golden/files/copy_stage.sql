-- A stage is an external relation, by its path.
-- dialect: snowflake
CREATE TABLE stock (item INT, price INT);
COPY INTO stock FROM @shop.raw.stage/stock/ FILE_FORMAT = (TYPE = CSV);
-- edges:
--   @shop.raw.stage/stock/.* -> STOCK.ITEM DIRECT IDENTITY
--   @shop.raw.stage/stock/.* -> STOCK.PRICE DIRECT IDENTITY
