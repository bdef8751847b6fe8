-- A temporary table that nothing in reach makes is listed, and is no relation.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS INSERT INTO u (z) SELECT a FROM #theirs
-- edges:
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: nothing in reach makes #theirs
