-- A temporary table that is filled from itself keeps what it came from.
-- dialect: tsql
-- default_schema: dbo
SELECT a, 0 AS n INTO #x FROM t
INSERT INTO #x SELECT a, n + 1 FROM #x
INSERT INTO u (y, z) SELECT a, n FROM #x
-- edges:
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
