-- CASE over variables decides about its output only.
-- dialect: tsql
-- default_schema: dbo
DECLARE @k int, @x int
SELECT @k = k, @x = a FROM t
INSERT INTO u (z) SELECT CASE WHEN @k > 1 THEN @x ELSE 0 END
-- edges:
--   dbo.t.a -> dbo.u.z DIRECT TRANSFORMATION
--   dbo.t.k -> dbo.u.z INDIRECT CONDITIONAL
