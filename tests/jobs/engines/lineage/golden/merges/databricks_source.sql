-- What the source does not know may be changed by the target's own columns.
-- dialect: databricks
MERGE INTO main.stock t USING main.delivery s ON t.item = s.item WHEN NOT MATCHED BY SOURCE AND t.day < 5 THEN UPDATE SET t.state = t.last_state;
-- edges:
--   main.delivery.item -> main.stock.* INDIRECT JOIN
--   main.stock.day -> main.stock.* INDIRECT FILTER
--   main.stock.item -> main.stock.* INDIRECT JOIN
--   main.stock.last_state -> main.stock.state DIRECT IDENTITY
