-- LOAD DATA INPATH moves a file into a table.
-- dialect: spark
LOAD DATA INPATH '/raw/stock' OVERWRITE INTO TABLE stock;
-- edges:
--   /raw/stock.* -> stock.* DIRECT IDENTITY
