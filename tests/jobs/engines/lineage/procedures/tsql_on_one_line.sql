-- Everything on few lines, as tools print it, without semicolons.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE a.T (x int, y int) CREATE TABLE a.U (p int, q int) CREATE TABLE a.V (m int, n int)
GO
CREATE PROCEDURE a.P @k int AS BEGIN SET NOCOUNT ON DECLARE @v int SET @v = 1 IF @k > 0 BEGIN INSERT INTO a.U (p, q) SELECT x, y FROM a.T WHERE x > @v INSERT INTO a.V (m) SELECT p FROM a.U END ELSE INSERT INTO a.V (n) SELECT q FROM a.U PRINT 'done' RETURN 0 END
-- truth:
--   a.p reads a.t, a.u
--   a.p writes a.u, a.v
--   a.t.x -> a.u.p
--   a.t.y -> a.u.q
--   a.u.p -> a.v.m
--   a.u.q -> a.v.n
