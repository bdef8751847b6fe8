-- Without its table a column of a join may be anybody's, so that the statement is listed.
-- dialect: mysql
UPDATE orders JOIN customers ON customers.id = orders.customer SET city = town;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: the column city, which any of several tables may have, is not explained; it names orders, customers
