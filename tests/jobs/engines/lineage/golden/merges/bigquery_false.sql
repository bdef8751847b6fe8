-- A condition that is never true joins nothing.
-- dialect: bigquery
MERGE shop.stock t USING shop.delivery s ON FALSE WHEN NOT MATCHED AND s.day > 5 THEN INSERT (item) VALUES (s.article) WHEN NOT MATCHED BY SOURCE AND t.day > 5 THEN DELETE;
-- edges:
--   shop.delivery.day -> shop.stock.* INDIRECT FILTER
--   shop.stock.day -> shop.stock.* INDIRECT FILTER
--   shop.delivery.article -> shop.stock.item DIRECT IDENTITY
