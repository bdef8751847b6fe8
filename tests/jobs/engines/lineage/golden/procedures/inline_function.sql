-- The columns of an inline function come from its query.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION f (@k int) RETURNS TABLE AS RETURN (SELECT a, b + 1 AS c FROM t WHERE k = @k)
GO
INSERT INTO u (y, z) SELECT x.a, x.c FROM dbo.f(3) AS x
-- edges:
--   dbo.t.k -> dbo.f.* INDIRECT FILTER
--   dbo.t.a -> dbo.f.a DIRECT IDENTITY
--   dbo.t.b -> dbo.f.c DIRECT TRANSFORMATION
--   dbo.f.a -> dbo.u.y DIRECT IDENTITY
--   dbo.f.c -> dbo.u.z DIRECT IDENTITY
