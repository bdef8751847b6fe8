-- Two parts name a database and a table.
-- dialect: mysql
CREATE VIEW shop.v AS SELECT u.a FROM other.u WHERE u.b = 1;
-- edges:
--   other.u.b -> shop.v.* INDIRECT FILTER
--   other.u.a -> shop.v.a DIRECT IDENTITY
