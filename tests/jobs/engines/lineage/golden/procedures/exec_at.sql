-- SQL that runs on another server is listed.
-- dialect: tsql
-- default_schema: dbo
EXEC ('INSERT INTO u (z) SELECT a FROM t') AT elsewhere
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 4: SQL that is made when it runs is not explained
