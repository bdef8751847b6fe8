-- A relation that stands in a statement, and not in its edges, is listed with its place.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int)
GO
IF EXISTS (SELECT 1 FROM control WHERE enabled = 1)
  INSERT INTO t SELECT b FROM u
GO
IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 'x') INSERT INTO t SELECT b FROM w
-- edges:
--   dbo.u.b -> dbo.t.a DIRECT IDENTITY
--   dbo.w.b -> dbo.t.a DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 6: INSERT names control, which no edge explains
