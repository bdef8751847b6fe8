-- What one turn of a loop leaves in a table the next one reads.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (a int)
WHILE 1 = 1
BEGIN
  INSERT INTO u (z) SELECT a FROM #x
  INSERT INTO #x SELECT b FROM t
  BREAK
END
-- edges:
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
