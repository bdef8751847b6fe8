-- OVERWRITE replaces rows, and fills columns as usual.
-- dialect: snowflake
INSERT OVERWRITE INTO stock (item) SELECT article FROM delivery;
-- edges:
--   DELIVERY.ARTICLE -> STOCK.ITEM DIRECT IDENTITY
