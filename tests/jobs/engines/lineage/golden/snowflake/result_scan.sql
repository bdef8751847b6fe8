-- What RESULT_SCAN gives was decided by another statement.
-- dialect: snowflake
CREATE TABLE t AS SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()));
-- edges:
--   RESULT_SCAN.* -> T.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 3: the columns of RESULT_SCAN are unknown, so this star stays open
