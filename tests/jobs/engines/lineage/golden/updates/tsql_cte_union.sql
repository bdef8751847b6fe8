-- A change through a union is listed: no single relation is behind it.
-- dialect: tsql
-- default_schema: dbo
WITH both AS (SELECT a FROM dbo.t UNION ALL SELECT a FROM dbo.u) UPDATE both SET a = 1
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: a change through a query without a table of its own is not explained; it names dbo.t, dbo.u, both
