-- A procedure with one statement is explained, any other is listed; both are relations.
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
--   dbo.t.b -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.a DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 11: this procedure is not explained yet; it names u, t
