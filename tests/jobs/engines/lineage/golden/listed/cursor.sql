-- Cursors and table variables are listed; other declarations move no data.
-- dialect: tsql
-- default_schema: dbo
DECLARE @a int = 1;
DECLARE c CURSOR FOR SELECT a FROM t;
DECLARE @t TABLE (a int);
MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1;
SELECT a INTO #x FROM t
-- edges:
--   dbo.t.a -> #x.a DIRECT IDENTITY
--   dbo.s.a -> dbo.t.* INDIRECT JOIN
--   dbo.t.a -> dbo.t.* INDIRECT JOIN
-- unresolved:
--   NOT_SUPPORTED line 5: DECLARE is not explained yet; it names t
--   NOT_SUPPORTED line 6: DECLARE is not explained yet
