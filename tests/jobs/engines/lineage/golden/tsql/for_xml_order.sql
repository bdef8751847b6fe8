-- The order of a query that becomes one text is a part of it.
-- dialect: tsql
CREATE VIEW dbo.v AS SELECT o.id, STUFF((SELECT ',' + l.name FROM dbo.l AS l WHERE l.id = o.id ORDER BY l.place FOR XML PATH('')), 1, 1, '') AS names FROM dbo.o AS o
-- edges:
--   dbo.l.id -> dbo.v.* INDIRECT FILTER
--   dbo.l.place -> dbo.v.* INDIRECT SORT
--   dbo.o.id -> dbo.v.* INDIRECT FILTER
--   dbo.o.id -> dbo.v.id DIRECT IDENTITY
--   dbo.l.name -> dbo.v.names DIRECT AGGREGATION
