-- A table function that is called with a variable takes from what the variable holds.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION f (@k int) RETURNS TABLE AS RETURN SELECT a FROM t WHERE k = @k
GO
DECLARE @x int
SELECT @x = c FROM s
INSERT INTO u (z) SELECT x.a FROM dbo.f(@x) AS x
-- edges:
--   dbo.t.k -> dbo.f.* INDIRECT FILTER
--   dbo.t.a -> dbo.f.a DIRECT IDENTITY
--   dbo.s.c -> dbo.u.* INDIRECT JOIN
--   dbo.f.a -> dbo.u.z DIRECT IDENTITY
--   dbo.s.c -> dbo.u.z DIRECT TRANSFORMATION
