-- CREATE STREAM is listed; what reads it keeps its edges.
-- dialect: snowflake
CREATE TABLE t (a int, b int);
CREATE STREAM s ON TABLE t APPEND_ONLY = TRUE;
INSERT INTO x (a) SELECT a FROM s WHERE METADATA$ACTION = 'INSERT';
-- edges:
--   S.METADATA$ACTION -> X.* INDIRECT FILTER
--   S.A -> X.A DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 4: CREATE STREAM is not explained yet; it names t
