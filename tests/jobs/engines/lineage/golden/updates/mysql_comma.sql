-- Tables behind commas are joined by WHERE.
-- dialect: mysql
UPDATE orders, customers SET orders.city = customers.city WHERE customers.id = orders.customer;
-- edges:
--   customers.id -> orders.* INDIRECT FILTER
--   orders.customer -> orders.* INDIRECT FILTER
--   customers.city -> orders.city DIRECT IDENTITY
