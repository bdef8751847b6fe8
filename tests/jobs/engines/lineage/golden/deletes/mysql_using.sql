-- MySQL names the target in USING again.
-- dialect: mysql
DELETE FROM o USING orders AS o JOIN customers AS c ON c.id = o.customer WHERE c.closed;
-- edges:
--   customers.closed -> orders.* INDIRECT FILTER
--   customers.id -> orders.* INDIRECT JOIN
--   orders.customer -> orders.* INDIRECT JOIN
