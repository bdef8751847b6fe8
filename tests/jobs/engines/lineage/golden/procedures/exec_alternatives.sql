-- Where a condition sets SQL, both that may be are read.
-- dialect: tsql
-- default_schema: dbo
DECLARE @s varchar(max)
IF @@TRANCOUNT = 0 SET @s = 'INSERT INTO u (z) SELECT a FROM t' ELSE SET @s = 'INSERT INTO u (z) SELECT b FROM s'
EXEC (@s)
-- edges:
--   dbo.s.b -> dbo.u.z DIRECT IDENTITY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
