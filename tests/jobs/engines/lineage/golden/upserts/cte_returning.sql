-- A named query that inserts gives on what the target then holds, not what was read.
-- dialect: postgres
WITH made AS (INSERT INTO orders (customer) SELECT id FROM customers WHERE active RETURNING id AS order_id, customer) INSERT INTO letters (order_id, customer) SELECT order_id, customer FROM made;
-- edges:
--   customers.* -> letters.* INDIRECT JOIN
--   customers.active -> letters.* INDIRECT FILTER
--   orders.customer -> letters.customer DIRECT IDENTITY
--   orders.id -> letters.order_id DIRECT IDENTITY
--   customers.active -> orders.* INDIRECT FILTER
--   customers.id -> orders.customer DIRECT IDENTITY
