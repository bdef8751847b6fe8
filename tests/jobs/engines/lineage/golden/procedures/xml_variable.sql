-- A method that changes XML in its place gives nothing new.
-- dialect: tsql
-- default_schema: dbo
DECLARE @d xml
SELECT @d = doc FROM t
SET @d.modify('delete /a')
INSERT INTO u (z) SELECT @d
-- edges:
--   dbo.t.doc -> dbo.u.z DIRECT IDENTITY
