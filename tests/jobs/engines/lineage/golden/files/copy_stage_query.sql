-- Columns of a staged file have numbers.
-- dialect: snowflake
COPY INTO stock (item, price) FROM (SELECT s.$1, s.$2::INT FROM @~/stock.csv.gz s);
-- edges:
--   @~/stock.csv.gz.$1 -> STOCK.ITEM DIRECT IDENTITY
--   @~/stock.csv.gz.$2 -> STOCK.PRICE DIRECT TRANSFORMATION
