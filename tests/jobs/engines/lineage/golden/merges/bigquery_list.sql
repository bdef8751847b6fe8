-- A column list names where a row goes.
-- dialect: bigquery
CREATE TABLE shop.delivery (article INT64, cost INT64);
MERGE shop.stock t USING shop.delivery s ON t.item = s.article WHEN NOT MATCHED BY TARGET THEN INSERT (item, price) ROW WHEN NOT MATCHED BY SOURCE THEN UPDATE SET gone = true;
-- edges:
--   shop.delivery.article -> shop.stock.* INDIRECT JOIN
--   shop.stock.item -> shop.stock.* INDIRECT JOIN
--   shop.delivery.article -> shop.stock.item DIRECT IDENTITY
--   shop.delivery.cost -> shop.stock.price DIRECT IDENTITY
