-- A streaming table is filled from the streams of its query.
-- dialect: databricks
CREATE OR REFRESH STREAMING TABLE t AS SELECT a FROM STREAM(u);
-- edges:
--   u.a -> t.a DIRECT IDENTITY
