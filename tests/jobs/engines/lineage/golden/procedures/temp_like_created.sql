-- What a refused CREATE TABLE of the session holds is no relation either.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE #x (a int UNIQUE CONSTRAINT d DEFAULT 3)
INSERT INTO #x (a) SELECT b FROM t
INSERT INTO u (z) SELECT a FROM #x
-- edges:
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Expecting )
