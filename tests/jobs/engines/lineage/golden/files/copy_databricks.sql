-- COPY INTO of Databricks reads a path.
-- dialect: databricks
COPY INTO main.shop.stock FROM '/mnt/raw/stock' FILEFORMAT = JSON;
-- edges:
--   /mnt/raw/stock.* -> main.shop.stock.* DIRECT IDENTITY
