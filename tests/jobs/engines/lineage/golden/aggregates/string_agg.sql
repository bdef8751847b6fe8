-- The order inside of an aggregate influences its output only.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT k, STRING_AGG(name, ',') WITHIN GROUP (ORDER BY day) AS names FROM dbo.t GROUP BY k
-- edges:
--   dbo.t.k -> dbo.v.* INDIRECT GROUP_BY
--   dbo.t.k -> dbo.v.k DIRECT IDENTITY
--   dbo.t.day -> dbo.v.names INDIRECT WINDOW
--   dbo.t.name -> dbo.v.names DIRECT AGGREGATION
