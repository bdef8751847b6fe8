-- NEXT VALUE FOR takes nothing from any table.
-- dialect: tsql
CREATE TABLE dbo.t (id int, x int)
INSERT INTO dbo.t (id, x) SELECT NEXT VALUE FOR dbo.numbers, y FROM dbo.s
-- edges:
--   dbo.s.y -> dbo.t.x DIRECT IDENTITY
