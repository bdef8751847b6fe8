-- Labels are no statements; GOTO makes everything a loop.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (a int)
again:
INSERT INTO u (z) SELECT a FROM #x
INSERT INTO #x SELECT a FROM t
IF @@ROWCOUNT > 0 GOTO again
done: PRINT 'x'
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
