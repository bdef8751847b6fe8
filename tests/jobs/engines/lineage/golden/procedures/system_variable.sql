-- What the system says of itself comes from no table.
-- dialect: tsql
-- default_schema: dbo
INSERT INTO u (z) SELECT @@ROWCOUNT
DECLARE @n int = @@IDENTITY
INSERT INTO u (y) VALUES (@n)
-- edges:
