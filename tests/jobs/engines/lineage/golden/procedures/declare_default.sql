-- A variable may take its value where it is declared.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int = (SELECT MAX(a) FROM t), @y int = 3
INSERT INTO u (z, w) SELECT @x, @y
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT AGGREGATION
