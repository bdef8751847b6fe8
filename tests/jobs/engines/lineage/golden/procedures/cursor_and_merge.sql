-- A cursor and what fills a table of the session make no relations.
-- dialect: tsql
-- default_schema: dbo
DECLARE @a int = 1;
DECLARE c CURSOR FOR SELECT a FROM t;
DECLARE @t TABLE (a int);
MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1;
SELECT a INTO #x FROM t
-- edges:
--   dbo.s.a -> dbo.t.* INDIRECT JOIN
--   dbo.t.a -> dbo.t.* INDIRECT JOIN
