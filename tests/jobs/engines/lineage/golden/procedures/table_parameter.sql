-- A table-valued parameter has the columns of its type and the rows of who passes it.
-- dialect: tsql
-- default_schema: dbo
CREATE TYPE pairs AS TABLE (a int, b int)
GO
CREATE PROCEDURE keep @p pairs READONLY AS INSERT INTO u (y, z) SELECT a, b FROM @p
GO
DECLARE @mine pairs
INSERT INTO @mine SELECT c, d FROM t
EXEC keep @mine
-- edges:
--   dbo.keep.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.c -> dbo.u.y DIRECT IDENTITY
--   dbo.t.d -> dbo.u.z DIRECT IDENTITY
