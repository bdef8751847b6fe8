-- OPENJSON of a variable comes from what the variable holds.
-- dialect: tsql
-- default_schema: dbo
DECLARE @j nvarchar(max)
SELECT @j = doc FROM t
INSERT INTO u (z) SELECT j.id FROM OPENJSON(@j) WITH (id int '$.id') AS j
-- edges:
--   dbo.t.doc -> dbo.u.* INDIRECT JOIN
--   dbo.t.doc -> dbo.u.z DIRECT TRANSFORMATION
