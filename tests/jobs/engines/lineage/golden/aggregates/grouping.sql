-- GROUPING tells which rows are totals: it depends on the column that it names.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW dbo.v AS SELECT a, GROUPING(a) AS is_total, SUM(c) AS s FROM dbo.t GROUP BY GROUPING SETS ((a), ())
-- edges:
--   dbo.t.a -> dbo.v.* INDIRECT GROUP_BY
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.a -> dbo.v.is_total DIRECT TRANSFORMATION
--   dbo.t.c -> dbo.v.s DIRECT AGGREGATION
