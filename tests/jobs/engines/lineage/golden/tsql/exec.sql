-- Calls and SQL made at run time are listed.
-- dialect: tsql
-- default_schema: dbo
EXEC dbo.p 1
EXEC ('SELECT a FROM t')
EXEC sp_executesql N'INSERT INTO t SELECT b FROM u'
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: this call of dbo.p is not explained yet
--   DYNAMIC_SQL line 5: SQL that is made when it runs is not explained
--   DYNAMIC_SQL line 6: SQL that is made when it runs is not explained
