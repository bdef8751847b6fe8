-- GO ends a batch; statements need no semicolon, and temporary tables live on.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int)
GO
CREATE VIEW v AS SELECT a, [b] AS [the b] FROM t
GO
SELECT a INTO #tmp FROM v
GO
INSERT INTO w (z) SELECT a FROM #tmp
GO
-- edges:
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.b -> dbo.v.the b DIRECT IDENTITY
--   dbo.v.a -> dbo.w.z DIRECT IDENTITY
