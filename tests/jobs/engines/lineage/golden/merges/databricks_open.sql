-- A star over unknown columns stays open in a MERGE, too.
-- dialect: databricks
MERGE WITH SCHEMA EVOLUTION INTO stock t USING delivery s ON t.item = s.item WHEN NOT MATCHED THEN INSERT *;
-- edges:
--   delivery.* -> stock.* DIRECT IDENTITY
--   delivery.item -> stock.* INDIRECT JOIN
--   stock.item -> stock.* INDIRECT JOIN
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of delivery are unknown, so this star stays open
