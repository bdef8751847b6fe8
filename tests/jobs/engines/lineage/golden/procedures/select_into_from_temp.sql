-- A table that SELECT INTO makes from a temporary one has its columns.
-- dialect: tsql
-- default_schema: dbo
SELECT a, b AS c INTO #x FROM t
SELECT * INTO made FROM #x
GO
CREATE VIEW seen AS SELECT * FROM made
-- edges:
--   dbo.t.a -> dbo.made.a DIRECT IDENTITY
--   dbo.t.b -> dbo.made.c DIRECT IDENTITY
--   dbo.made.a -> dbo.seen.a DIRECT IDENTITY
--   dbo.made.c -> dbo.seen.c DIRECT IDENTITY
