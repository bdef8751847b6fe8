-- SQL in a literal is read, its evidence stands in the literal.
-- dialect: tsql
-- default_schema: dbo
EXEC ('INSERT INTO u (z) SELECT a FROM t WHERE b = ''x''')
-- edges:
--   dbo.t.b -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
