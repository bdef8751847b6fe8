-- A function of several statements gives back a table variable.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Staff (Id int, Boss int, Name nvarchar(40))
GO
CREATE FUNCTION dbo.TeamOf (@boss int)
RETURNS @team TABLE (PersonId int, Called nvarchar(40), Depth int)
AS
BEGIN
  INSERT INTO @team (PersonId, Called, Depth)
  SELECT Id, Name, 1 FROM dbo.Staff WHERE Boss = @boss
  DECLARE @d int = 1
  WHILE @@ROWCOUNT > 0
  BEGIN
    SET @d = @d + 1
    INSERT INTO @team
    SELECT s.Id, s.Name, @d FROM dbo.Staff s JOIN @team t ON t.PersonId = s.Boss AND t.Depth = @d - 1
  END
  RETURN
END
-- truth:
--   dbo.staff.id -> dbo.teamof.personid
--   dbo.staff.name -> dbo.teamof.called
