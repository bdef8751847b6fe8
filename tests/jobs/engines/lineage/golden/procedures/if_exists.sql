-- EXISTS without columns asks for the rows of its table.
-- dialect: tsql
-- default_schema: dbo
IF EXISTS (SELECT 1 FROM switch) INSERT INTO u (z) SELECT a FROM t
-- edges:
--   dbo.switch.* -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
