-- A query or table flows into a file, column by column.
-- dialect: postgres
CREATE TABLE stock (item int, price int);
COPY (SELECT item, price * 2 AS double FROM stock WHERE price > 1) TO '/data/out.csv';
COPY stock (item) TO '/data/items.csv';
-- edges:
--   stock.item -> /data/items.csv.item DIRECT IDENTITY
--   stock.price -> /data/out.csv.* INDIRECT FILTER
--   stock.price -> /data/out.csv.double DIRECT TRANSFORMATION
--   stock.item -> /data/out.csv.item DIRECT IDENTITY
