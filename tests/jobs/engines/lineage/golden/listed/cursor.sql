-- Declarations of cursors, variables and tables move no data by themselves; MERGE is listed.
-- dialect: tsql
-- default_schema: dbo
DECLARE @a int = 1;
DECLARE c CURSOR FOR SELECT a FROM t;
DECLARE @t TABLE (a int);
MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1;
SELECT a INTO #x FROM t
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 7: MERGE is not explained yet; it names t, s
