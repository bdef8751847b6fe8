-- A catalog, a schema and a table; backticks around each.
-- dialect: databricks
CREATE VIEW main.shop.v AS SELECT `order id` FROM `main`.`shop`.`t 1`;
-- edges:
--   main.shop.t 1.order id -> main.shop.v.order id DIRECT IDENTITY
