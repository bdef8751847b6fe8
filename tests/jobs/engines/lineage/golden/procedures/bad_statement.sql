-- One bad statement of a procedure costs itself.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS
BEGIN
  INSERT INTO u (z) SELECT a FROM t
  SELECT FROM WHERE
  INSERT INTO v (z) SELECT b FROM t
END
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
--   dbo.p.* -> dbo.v.* INDIRECT DEPENDENCY
--   dbo.t.b -> dbo.v.z DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 7: the parser refuses it: Expected table name but got WHERE
