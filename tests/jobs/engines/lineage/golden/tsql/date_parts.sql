-- A date part is no column.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (d datetime, e datetime)
GO
CREATE VIEW v AS SELECT DATENAME(yy, d) AS y, DATEDIFF(day, d, e) AS n, DATEADD(mm, 1, d) AS m FROM t
-- edges:
--   dbo.t.d -> dbo.v.m DIRECT TRANSFORMATION
--   dbo.t.d -> dbo.v.n DIRECT TRANSFORMATION
--   dbo.t.e -> dbo.v.n DIRECT TRANSFORMATION
--   dbo.t.d -> dbo.v.y DIRECT TRANSFORMATION
