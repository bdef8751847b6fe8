-- A target that its FROM does not name is listed.
-- dialect: mysql
DELETE x FROM orders AS o JOIN customers AS c ON c.id = o.customer;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: DELETE of x, which its FROM does not name, is not explained; it names orders, customers
