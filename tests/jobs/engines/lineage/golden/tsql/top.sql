-- TOP keeps some rows, so that the order decides.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int);
GO
CREATE VIEW v AS SELECT TOP (3) WITH TIES a FROM t ORDER BY b DESC
-- edges:
--   dbo.t.b -> dbo.v.* INDIRECT SORT
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
