-- A body may be one statement.
-- dialect: mysql
CREATE PROCEDURE p(IN k INT) COMMENT 'x' INSERT INTO u (z) SELECT a FROM t WHERE b = k;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> u.* INDIRECT DEPENDENCY
--   t.b -> u.* INDIRECT FILTER
--   t.a -> u.z DIRECT IDENTITY
