-- INSERT … EXEC of a literal takes its rows.
-- dialect: tsql
-- default_schema: dbo
INSERT INTO u (z) EXEC ('SELECT a FROM t')
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
