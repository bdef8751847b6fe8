-- What CATCH does is done or not; it sees what TRY left.
-- dialect: tsql
-- default_schema: dbo
DECLARE @x int
BEGIN TRY
  SELECT @x = a FROM t
END TRY
BEGIN CATCH
  INSERT INTO log (z) VALUES (@x)
  ;THROW
END CATCH
-- edges:
--   dbo.t.a -> dbo.log.z DIRECT IDENTITY
