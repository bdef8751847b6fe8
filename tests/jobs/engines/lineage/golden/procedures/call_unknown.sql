-- A call of what nothing defines is listed, and is an edge all the same.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS EXEC elsewhere.q
-- edges:
--   elsewhere.q.* -> dbo.p.* INDIRECT DEPENDENCY
-- unresolved:
--   NOT_SUPPORTED line 4: nothing defines elsewhere.q, which is called here
