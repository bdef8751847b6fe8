-- APPLY reads the sources before it.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int);
CREATE TABLE u (a int, c int);
GO
CREATE VIEW v AS SELECT t.b, x.c, f.n FROM t CROSS APPLY (SELECT u.c FROM u WHERE u.a = t.a) AS x OUTER APPLY dbo.numbers(t.b) AS f
-- edges:
--   dbo.t.a -> dbo.v.* INDIRECT FILTER
--   dbo.t.b -> dbo.v.* INDIRECT JOIN
--   dbo.u.a -> dbo.v.* INDIRECT FILTER
--   dbo.t.b -> dbo.v.b DIRECT IDENTITY
--   dbo.u.c -> dbo.v.c DIRECT IDENTITY
--   dbo.numbers.n -> dbo.v.n DIRECT IDENTITY
--   dbo.t.b -> dbo.v.n DIRECT TRANSFORMATION
