-- A table of rows in FROM has the columns that its alias names.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT t.a, d.factor * t.b AS b FROM dbo.t AS t CROSS JOIN (VALUES (1), (2)) AS d (factor)
-- edges:
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.b -> dbo.v.b DIRECT TRANSFORMATION
