-- Views over what a procedure makes are inferred behind it.
-- dialect: tsql
-- default_schema: dbo
CREATE VIEW w AS SELECT * FROM made
GO
CREATE PROCEDURE p AS
SELECT a + 1 AS b INTO #x FROM t
SELECT b, b AS c INTO made FROM #x
-- edges:
--   dbo.p.* -> dbo.made.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.made.b DIRECT TRANSFORMATION
--   dbo.t.a -> dbo.made.c DIRECT TRANSFORMATION
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.made.b -> dbo.w.b DIRECT IDENTITY
--   dbo.made.c -> dbo.w.c DIRECT IDENTITY
