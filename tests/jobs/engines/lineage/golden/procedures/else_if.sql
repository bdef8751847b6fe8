-- ELSE IF is an IF in a branch.
-- dialect: tsql
-- default_schema: dbo
IF (SELECT k FROM s1) = 1 INSERT INTO u (x) SELECT a FROM t
ELSE IF (SELECT k FROM s2) = 1 INSERT INTO u (y) SELECT a FROM t
ELSE INSERT INTO u (z) SELECT a FROM t
-- edges:
--   dbo.s1.k -> dbo.u.* INDIRECT FILTER
--   dbo.s2.k -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.x DIRECT IDENTITY
--   dbo.t.a -> dbo.u.y DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
