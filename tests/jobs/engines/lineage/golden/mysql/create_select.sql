-- CREATE TABLE with a query needs no AS.
-- dialect: mysql
CREATE TABLE t SELECT a, b + 1 AS c FROM u;
-- edges:
--   u.a -> t.a DIRECT IDENTITY
--   u.b -> t.c DIRECT TRANSFORMATION
