-- Statements of one batch are told apart by the keywords that begin them.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (a int, b int)
CREATE TABLE u (a int, b int)
SET NOCOUNT ON
DECLARE @x int
INSERT INTO u (a, b)
SELECT a, b FROM t
WHERE a > @x
INSERT u (b)
SELECT CASE WHEN a > 1
  THEN b
  ELSE 0
END
FROM t
PRINT 'done'
-- edges:
--   dbo.t.a -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.a DIRECT IDENTITY
--   dbo.t.a -> dbo.u.b INDIRECT CONDITIONAL
--   dbo.t.b -> dbo.u.b DIRECT IDENTITY
--   dbo.t.b -> dbo.u.b DIRECT TRANSFORMATION
