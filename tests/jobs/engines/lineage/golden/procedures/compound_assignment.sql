-- What a variable held goes on in += and its like.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int
SELECT @x = a FROM t
SET @x += 1
SET @x = @x * 2
INSERT INTO u (z) SELECT @x
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT TRANSFORMATION
