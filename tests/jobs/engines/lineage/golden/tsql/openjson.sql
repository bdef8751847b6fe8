-- OPENJSON with WITH has the columns that it declares, all from the document.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT t.id, j.name FROM dbo.t AS t CROSS APPLY OPENJSON(t.doc) WITH (name nvarchar(50) '$.n') AS j
-- edges:
--   dbo.t.doc -> dbo.v.* INDIRECT JOIN
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
--   dbo.t.doc -> dbo.v.name DIRECT TRANSFORMATION
