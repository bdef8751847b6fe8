-- What runs on another server is listed.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS INSERT INTO u (z) SELECT q.a FROM OPENQUERY(far, 'SELECT a FROM b') AS q
-- edges:
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
-- unresolved:
--   DYNAMIC_SQL line 4: the SQL that openquery(…) runs is not explained
