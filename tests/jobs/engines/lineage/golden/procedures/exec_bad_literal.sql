-- A literal that is no SQL is listed with its place, and costs only itself.
-- dialect: tsql
-- default_schema: dbo
EXEC ('INSERT INTO u (z) SELECT FROM WHERE')
EXEC ('INSERT INTO u (z) SELECT a FROM t')
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 4: the parser refuses it: Expected table name but got WHERE; it names u
