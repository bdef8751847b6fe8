-- TOP with ORDER BY decides which rows there are.
-- dialect: redshift
CREATE TABLE t AS SELECT TOP 5 a FROM u ORDER BY b;
-- edges:
--   u.b -> t.* INDIRECT SORT
--   u.a -> t.a DIRECT IDENTITY
