-- OUTPUT sees the new rows: what was inserted, and of columns that were not set what the table holds.
-- dialect: tsql
-- default_schema: dbo
INSERT INTO u (z) OUTPUT inserted.id, inserted.z INTO log (id, z) SELECT a FROM t
-- edges:
--   dbo.u.id -> dbo.log.id DIRECT IDENTITY
--   dbo.t.a -> dbo.log.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
