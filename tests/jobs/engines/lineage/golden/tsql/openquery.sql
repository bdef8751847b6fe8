-- What OPENQUERY runs elsewhere is dynamic SQL: listed, with the star open.
-- dialect: tsql
-- default_schema: dbo
SELECT * INTO dbo.copy FROM OPENQUERY(srv, 'SELECT a FROM t')
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 4: the SQL that openquery(…) runs is not explained
