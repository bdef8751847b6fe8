-- A CREATE TABLE that the parser refuses is listed, and its plain column list is known all the same.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (
  a int UNIQUE CONSTRAINT d DEFAULT 3,
  [Full Name] decimal(10, 2) NOT NULL,
  b AS (a + 1),
  CONSTRAINT k PRIMARY KEY (a)
)
GO
CREATE TABLE u (a int UNIQUE CONSTRAINT d DEFAULT 3, 7)
GO
CREATE VIEW v AS SELECT * FROM t
GO
CREATE VIEW w AS SELECT a FROM u
-- edges:
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.b -> dbo.v.b DIRECT IDENTITY
--   dbo.t.full name -> dbo.v.full name DIRECT IDENTITY
--   dbo.u.a -> dbo.w.a DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 5: the parser refuses it: Expecting )
--   SYNTAX line 11: the parser refuses it: Expecting )
