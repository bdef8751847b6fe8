-- Variables are no columns.
-- dialect: mysql
CREATE TABLE x AS SELECT a + @offset AS b FROM t;
-- edges:
--   t.a -> x.b DIRECT TRANSFORMATION
