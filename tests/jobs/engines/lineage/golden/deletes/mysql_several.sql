-- MySQL deletes from several tables of a join at once.
-- dialect: mysql
DELETE o, l FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id WHERE o.day < '2020-01-01';
-- edges:
--   order_lines.order_id -> order_lines.* INDIRECT JOIN
--   orders.day -> order_lines.* INDIRECT FILTER
--   orders.id -> order_lines.* INDIRECT JOIN
--   order_lines.order_id -> orders.* INDIRECT JOIN
--   orders.day -> orders.* INDIRECT FILTER
--   orders.id -> orders.* INDIRECT JOIN
