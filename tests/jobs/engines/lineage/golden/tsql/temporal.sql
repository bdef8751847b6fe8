-- A look at a table of the past is a look at the table.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT a FROM dbo.t FOR SYSTEM_TIME AS OF '2024-01-01' WHERE b = 1
-- edges:
--   dbo.t.b -> dbo.v.* INDIRECT FILTER
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
