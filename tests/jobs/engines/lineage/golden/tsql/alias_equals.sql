-- `name = expression` names an output.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int);
GO
CREATE VIEW v AS SELECT total = a + b, TOPPED = a FROM t
-- edges:
--   dbo.t.a -> dbo.v.topped DIRECT IDENTITY
--   dbo.t.a -> dbo.v.total DIRECT TRANSFORMATION
--   dbo.t.b -> dbo.v.total DIRECT TRANSFORMATION
