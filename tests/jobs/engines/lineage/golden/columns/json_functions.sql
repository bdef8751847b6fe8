-- A function of a document reads its column.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT JSON_VALUE(doc, '$.a') AS x, JSON_QUERY(doc, '$.b') AS y FROM dbo.t
-- edges:
--   dbo.t.doc -> dbo.v.x DIRECT TRANSFORMATION
--   dbo.t.doc -> dbo.v.y DIRECT TRANSFORMATION
