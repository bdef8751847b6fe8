-- IF with its condition belongs to the statement after it.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int)
GO
IF EXISTS (SELECT * FROM sys.objects WHERE name = 'v')
  DROP VIEW v
GO
IF 1 = 1
BEGIN
  INSERT INTO t SELECT b FROM u
END
ELSE
  PRINT 'no'
GO
-- edges:
--   dbo.u.b -> dbo.t.a DIRECT IDENTITY
