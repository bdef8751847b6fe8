-- UPDATE SET * and INSERT * go by name; what the target lacks is passed over.
-- dialect: databricks
CREATE TABLE stock (item INT, price INT);
CREATE TABLE delivery (item INT, truck INT, price INT);
MERGE INTO stock t USING delivery s ON t.item = s.item WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
-- edges:
--   delivery.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
--   delivery.item -> stock.item DIRECT IDENTITY
--   delivery.price -> stock.price DIRECT IDENTITY
