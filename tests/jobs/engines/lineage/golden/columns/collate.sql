-- A collation changes how a value compares, which is a change of it.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT name COLLATE Latin1_General_CI_AS AS name, day AT TIME ZONE 'UTC' AS day FROM dbo.t
-- edges:
--   dbo.t.day -> dbo.v.day DIRECT TRANSFORMATION
--   dbo.t.name -> dbo.v.name DIRECT TRANSFORMATION
