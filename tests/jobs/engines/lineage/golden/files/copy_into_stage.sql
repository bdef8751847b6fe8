-- COPY INTO a stage writes a file from a query.
-- dialect: snowflake
COPY INTO @out/stock/ FROM (SELECT item, price AS cost FROM stock WHERE price > 1) FILE_FORMAT = (TYPE = PARQUET);
-- edges:
--   STOCK.PRICE -> @out/stock/.* INDIRECT FILTER
--   STOCK.PRICE -> @out/stock/.COST DIRECT IDENTITY
--   STOCK.ITEM -> @out/stock/.ITEM DIRECT IDENTITY
