-- The statements of a procedure are explained or listed one by one; both procedures are relations.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int);
CREATE TABLE u (a int);
GO
CREATE PROCEDURE p @x int AS
SET NOCOUNT ON
INSERT INTO u SELECT a FROM t WHERE b > @x
GO
CREATE PROCEDURE q AS
BEGIN
  UPDATE u SET a = 1
  DELETE FROM t
END
GO
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.q.* -> dbo.t.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.q.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.b -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.a DIRECT IDENTITY
