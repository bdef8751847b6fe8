-- A variable in a condition brings what it came from as an influence.
-- dialect: tsql
-- default_schema: dbo
DECLARE @last int
SELECT @last = MAX(a) FROM t
INSERT INTO u (z) SELECT b FROM s WHERE s.k > @last
-- edges:
--   dbo.s.k -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.* INDIRECT FILTER
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
