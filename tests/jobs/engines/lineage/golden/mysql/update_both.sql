-- An UPDATE of a join may set columns of both tables.
-- dialect: mysql
CREATE TABLE t (a int, b int);
CREATE TABLE u (a int, c int);
UPDATE t JOIN u ON u.a = t.a SET t.b = u.c, u.c = 0 WHERE t.b > 3;
-- edges:
--   t.a -> t.* INDIRECT JOIN
--   t.b -> t.* INDIRECT FILTER
--   u.a -> t.* INDIRECT JOIN
--   u.c -> t.b DIRECT IDENTITY
--   t.a -> u.* INDIRECT JOIN
--   t.b -> u.* INDIRECT FILTER
--   u.a -> u.* INDIRECT JOIN
