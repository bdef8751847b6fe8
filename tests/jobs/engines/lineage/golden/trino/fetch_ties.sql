-- FETCH FIRST WITH TIES keeps rows by their order.
-- dialect: trino
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM t ORDER BY b OFFSET 2 ROWS FETCH FIRST 3 ROWS WITH TIES;
-- edges:
--   t.b -> v.* INDIRECT SORT
--   t.a -> v.a DIRECT IDENTITY
