-- A query in WHERE filters with its outputs and its conditions.
-- dialect: databricks
UPDATE main.stock SET old = true WHERE item IN (SELECT item FROM main.retired WHERE day < current_date());
-- edges:
--   main.retired.day -> main.stock.* INDIRECT FILTER
--   main.retired.item -> main.stock.* INDIRECT FILTER
--   main.stock.item -> main.stock.* INDIRECT FILTER
