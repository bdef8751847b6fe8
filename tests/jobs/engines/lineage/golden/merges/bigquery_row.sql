-- INSERT ROW inserts all columns of the source by position.
-- dialect: bigquery
CREATE TABLE shop.stock (item INT64, price INT64);
CREATE TABLE shop.delivery (article INT64, cost INT64);
MERGE shop.stock AS t USING shop.delivery AS s ON t.item = s.article WHEN NOT MATCHED THEN INSERT ROW;
-- edges:
--   shop.delivery.article -> shop.stock.* INDIRECT JOIN
--   shop.stock.item -> shop.stock.* INDIRECT JOIN
--   shop.delivery.article -> shop.stock.item DIRECT IDENTITY
--   shop.delivery.cost -> shop.stock.price DIRECT IDENTITY
