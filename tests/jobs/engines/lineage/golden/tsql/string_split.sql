-- STRING_SPLIT has the column value.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT t.id, s.value AS tag FROM dbo.t AS t CROSS APPLY STRING_SPLIT(t.tags, ',') AS s
-- edges:
--   dbo.t.tags -> dbo.v.* INDIRECT JOIN
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
--   dbo.t.tags -> dbo.v.tag DIRECT TRANSFORMATION
