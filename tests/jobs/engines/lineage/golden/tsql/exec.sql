-- Calls of what nothing defines are listed; SQL in literals is read.
-- dialect: tsql
-- default_schema: dbo
EXEC dbo.p 1
EXEC ('SELECT a FROM t')
EXEC sp_executesql N'INSERT INTO t SELECT b FROM u'
-- edges:
--   dbo.u.b -> dbo.t.* DIRECT IDENTITY (its place in the target is not known)
-- unresolved:
--   NOT_SUPPORTED line 4: nothing defines dbo.p, which is called here
--   UNKNOWN_COLUMNS line 6: the columns of dbo.t are unknown
