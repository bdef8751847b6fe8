-- Statements on one line need no semicolons.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int SELECT @x = a FROM t IF @x > 1 BEGIN INSERT INTO u (z) VALUES (@x) PRINT 'y' END ELSE INSERT INTO u (y) SELECT b FROM s
-- edges:
--   dbo.t.a -> dbo.u.* INDIRECT FILTER
--   dbo.s.b -> dbo.u.y DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
