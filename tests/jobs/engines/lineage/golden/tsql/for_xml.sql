-- FOR XML makes one value of the rows of a query.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT t.id, (SELECT l.name FROM dbo.lines AS l WHERE l.t = t.id FOR XML PATH('')) AS names FROM dbo.t AS t
-- edges:
--   dbo.lines.t -> dbo.v.* INDIRECT FILTER
--   dbo.t.id -> dbo.v.* INDIRECT FILTER
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
--   dbo.lines.name -> dbo.v.names DIRECT AGGREGATION
