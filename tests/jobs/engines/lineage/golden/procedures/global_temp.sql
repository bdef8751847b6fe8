-- Global temporary tables and tempdb..#names are the same as others.
-- dialect: tsql
-- default_schema: dbo
SELECT a INTO ##g FROM t
SELECT a INTO tempdb..#h FROM ##g
INSERT INTO u (z) SELECT a FROM #h
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
