-- OUTPUT gives columns of the changed table, whether the statement sets them or not.
-- dialect: tsql
-- default_schema: dbo
INSERT INTO u (z) OUTPUT inserted.id, inserted.z INTO log (id, z) SELECT a FROM t
-- edges:
--   dbo.t.* -> dbo.log.* INDIRECT JOIN
--   dbo.u.id -> dbo.log.id DIRECT IDENTITY
--   dbo.u.z -> dbo.log.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
