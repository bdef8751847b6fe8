-- SQL in SQL in literals is read, too.
-- dialect: tsql
-- default_schema: dbo
EXEC ('EXEC (''INSERT INTO u (z) SELECT a FROM t'')')
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
