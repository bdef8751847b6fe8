-- A condition around a call decides about what the procedure writes.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE fill AS INSERT INTO u (z) SELECT a FROM t
GO
IF EXISTS (SELECT 1 FROM switch WHERE is_on = 1) EXEC fill
-- edges:
--   dbo.t.* -> dbo.fill.* INDIRECT DEPENDENCY
--   dbo.fill.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.switch.is_on -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
