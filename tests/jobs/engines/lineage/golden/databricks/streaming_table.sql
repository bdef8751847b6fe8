-- A streaming table is listed.
-- dialect: databricks
CREATE OR REFRESH STREAMING TABLE t AS SELECT a FROM STREAM(u);
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 3: CREATE REFRESH is not explained yet; it names t
