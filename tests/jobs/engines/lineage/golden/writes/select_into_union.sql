-- SELECT INTO stands in the first branch.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int);
CREATE TABLE u (b int);
GO
SELECT a INTO x FROM t UNION ALL SELECT b FROM u
-- edges:
--   dbo.t.a -> dbo.x.a DIRECT IDENTITY
--   dbo.u.b -> dbo.x.a DIRECT IDENTITY
