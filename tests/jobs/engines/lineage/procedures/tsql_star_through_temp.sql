-- A star through a temporary table, which is dropped and made again from something else.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.North (Id int, Amount money)
CREATE TABLE dbo.South (Id int, Amount money)
CREATE TABLE dbo.NorthCopy (Id int, Amount money)
CREATE TABLE dbo.SouthCopy (Id int, Amount money)
GO
CREATE PROCEDURE dbo.CopyRegions
AS
BEGIN
  SELECT * INTO #r FROM dbo.North;
  INSERT INTO dbo.NorthCopy SELECT * FROM #r;
  DROP TABLE #r;
  SELECT * INTO #r FROM dbo.South;
  INSERT INTO dbo.SouthCopy SELECT * FROM #r;
END
-- truth:
--   dbo.copyregions reads dbo.north, dbo.south
--   dbo.copyregions writes dbo.northcopy, dbo.southcopy
--   dbo.north.id -> dbo.northcopy.id
--   dbo.north.amount -> dbo.northcopy.amount
--   dbo.south.id -> dbo.southcopy.id
--   dbo.south.amount -> dbo.southcopy.amount
