-- An INSERT without a list passes over generated columns.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE t (id int IDENTITY(1,1), a int, b int);
CREATE TABLE s (x int, y int);
GO
INSERT INTO t SELECT x, y FROM s
-- edges:
--   dbo.s.x -> dbo.t.a DIRECT IDENTITY
--   dbo.s.y -> dbo.t.b DIRECT IDENTITY
