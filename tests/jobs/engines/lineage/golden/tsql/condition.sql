-- What a condition asks decides about what is done; what a database says of itself does not count.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int)
GO
IF EXISTS (SELECT 1 FROM control WHERE enabled = 1)
  INSERT INTO t SELECT b FROM u
GO
IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 'x') INSERT INTO t SELECT b FROM w
-- edges:
--   dbo.control.enabled -> dbo.t.* INDIRECT FILTER
--   dbo.u.b -> dbo.t.a DIRECT IDENTITY
--   dbo.w.b -> dbo.t.a DIRECT IDENTITY
