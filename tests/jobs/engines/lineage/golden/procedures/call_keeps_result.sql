-- The result of a call goes into a variable that no table gave.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE q AS RETURN 3
GO
DECLARE @r int
EXEC @r = q
INSERT INTO u (z) VALUES (@r)
-- edges:
