-- OUTPUT without INTO gives rows to who called.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS INSERT INTO u (z) OUTPUT inserted.z SELECT a FROM t
GO
INSERT INTO w (q) EXEC p
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
--   dbo.t.* -> dbo.w.* INDIRECT JOIN
--   dbo.u.z -> dbo.w.q DIRECT IDENTITY
