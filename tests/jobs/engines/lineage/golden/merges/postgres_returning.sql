-- RETURNING of a MERGE in a named query gives its columns to the reader.
-- dialect: postgres
WITH m AS (MERGE INTO stock AS t USING delivery AS s ON t.item = s.item WHEN MATCHED THEN UPDATE SET price = s.price RETURNING merge_action() AS what, t.item AS item) INSERT INTO log (what, item) SELECT what, item FROM m;
-- edges:
--   delivery.item -> log.* INDIRECT JOIN
--   stock.item -> log.* INDIRECT JOIN
--   stock.item -> log.item DIRECT IDENTITY
--   delivery.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.price -> stock.price DIRECT IDENTITY
