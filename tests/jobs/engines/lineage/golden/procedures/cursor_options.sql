-- A cursor may be insensitive, scroll, and be fetched from anywhere.
-- dialect: tsql
-- default_schema: dbo
DECLARE c INSENSITIVE SCROLL CURSOR FOR SELECT a FROM t FOR READ ONLY
DECLARE @x int
OPEN c
FETCH ABSOLUTE 3 FROM c INTO @x
INSERT INTO u (z) VALUES (@x)
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
