-- INSERT … EXEC takes the rows of a procedure, with its evidence.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS SELECT a, b FROM t WHERE c = 1
GO
INSERT INTO u (y, z) EXEC dbo.p
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.t.c -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
--   dbo.t.b -> dbo.u.z DIRECT IDENTITY
