-- DO NOTHING writes nothing, though its condition is part of what decides.
-- dialect: postgres
MERGE INTO stock AS t USING delivery AS s ON t.item = s.item WHEN MATCHED AND s.price IS NULL THEN DO NOTHING WHEN MATCHED THEN UPDATE SET price = s.price WHEN NOT MATCHED THEN INSERT (item) VALUES (s.item);
-- edges:
--   delivery.item -> stock.* INDIRECT JOIN
--   delivery.price -> stock.* INDIRECT FILTER
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.item -> stock.item DIRECT IDENTITY
--   delivery.price -> stock.price DIRECT IDENTITY
