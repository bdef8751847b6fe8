-- Options with AS stand before the body.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p @a AS int = 3, @b varchar(10) = 'x' OUTPUT WITH EXECUTE AS OWNER, RECOMPILE AS INSERT INTO u (z) SELECT a FROM t
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
