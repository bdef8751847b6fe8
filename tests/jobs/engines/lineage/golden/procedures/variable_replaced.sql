-- A variable that is set again holds only the new value.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int
SELECT @x = a FROM t
INSERT INTO u (y) VALUES (@x)
SELECT @x = b FROM s
INSERT INTO u (z) VALUES (@x)
-- edges:
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
