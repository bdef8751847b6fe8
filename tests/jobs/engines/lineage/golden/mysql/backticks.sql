-- Backticks quote; double quotes are strings.
-- dialect: mysql
CREATE VIEW v AS SELECT `order id`, "constant" AS c FROM `my shop`.`t 1`;
-- edges:
--   my shop.t 1.order id -> v.order id DIRECT IDENTITY
