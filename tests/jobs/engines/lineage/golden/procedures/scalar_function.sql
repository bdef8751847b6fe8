-- A function that gives one value reads tables.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION f (@k int) RETURNS int AS
BEGIN
  DECLARE @r int
  SELECT @r = MAX(a) FROM t WHERE k = @k
  RETURN @r
END
-- edges:
--   dbo.t.* -> dbo.f.* INDIRECT DEPENDENCY
