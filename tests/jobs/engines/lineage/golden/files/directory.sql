-- INSERT OVERWRITE DIRECTORY writes files.
-- dialect: spark
INSERT OVERWRITE DIRECTORY '/out/stock' USING parquet SELECT item, price FROM stock WHERE price > 1;
-- edges:
--   stock.price -> /out/stock.* INDIRECT FILTER
--   stock.item -> /out/stock.item DIRECT IDENTITY
--   stock.price -> /out/stock.price DIRECT IDENTITY
