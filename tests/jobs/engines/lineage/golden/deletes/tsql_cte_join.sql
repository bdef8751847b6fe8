-- A DELETE through a named query of two tables is listed: nobody knows which one loses rows.
-- dialect: tsql
-- default_schema: dbo
WITH both AS (SELECT t.a FROM dbo.t AS t JOIN dbo.u AS u ON u.k = t.k) DELETE FROM both WHERE a = 1
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: a change through a query of several tables is not explained; it names dbo.t, dbo.u, both
