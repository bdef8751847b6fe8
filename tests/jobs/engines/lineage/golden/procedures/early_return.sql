-- Where a branch may leave, its condition decides about all that follows.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS
IF (SELECT is_on FROM switch) = 0 RETURN
INSERT INTO u (z) SELECT a FROM t
-- edges:
--   dbo.switch.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.switch.is_on -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
