-- FETCH gives the columns of the cursor to variables by position.
-- dialect: tsql
-- default_schema: dbo
DECLARE c CURSOR FOR SELECT a, b FROM t
DECLARE @p int, @q int
OPEN c
FETCH NEXT FROM c INTO @q, @p
INSERT INTO u (y, z) VALUES (@p, @q)
-- edges:
--   dbo.t.b -> dbo.u.y DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
