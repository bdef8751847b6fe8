-- QUALIFY keeps rows by a window.
-- dialect: databricks
CREATE TABLE t (a INT, b INT, c INT);
CREATE VIEW v AS SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY b ORDER BY c DESC) = 1;
-- edges:
--   t.b -> v.* INDIRECT FILTER
--   t.c -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
