-- Both branches may set a variable: it holds one or the other.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int
IF @@SERVERNAME = 'a'
  SELECT @x = a FROM t
ELSE
  SELECT @x = b FROM s
INSERT INTO u (z) VALUES (@x)
-- edges:
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
