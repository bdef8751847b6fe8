-- A table variable is a temporary table.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x TABLE (p int, q int)
INSERT INTO @x (q, p) SELECT a, b FROM t
INSERT INTO u (y, z) SELECT x.p, x.q FROM @x AS x
-- edges:
--   dbo.t.b -> dbo.u.y DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
