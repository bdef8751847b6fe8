-- The columns of a function that gives back a table variable come from what fills it.
-- dialect: tsql
-- default_schema: dbo
CREATE FUNCTION f () RETURNS @r TABLE (p int, q int) AS
BEGIN
  INSERT INTO @r (q) SELECT a FROM t
  RETURN
END
GO
INSERT INTO u (z) SELECT q FROM dbo.f()
-- edges:
--   dbo.t.a -> dbo.f.q DIRECT IDENTITY
--   dbo.f.q -> dbo.u.z DIRECT IDENTITY
