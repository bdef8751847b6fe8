-- The condition of a loop decides about what is done in it.
-- dialect: tsql
-- default_schema: dbo
DECLARE @i int = 0
WHILE @i < (SELECT rounds FROM settings)
BEGIN
  INSERT INTO u (z) SELECT a FROM t
  SET @i += 1
END
-- edges:
--   dbo.settings.rounds -> dbo.u.* INDIRECT FILTER
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
