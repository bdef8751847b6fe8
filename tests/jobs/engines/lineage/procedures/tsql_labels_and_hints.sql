-- GOTO, early returns, and hints for what a variable hides.
-- dialect: tsql
-- default_schema: dbo
-- listed: 1
CREATE TABLE dbo.Queue (Id int, Body varchar(100))
CREATE TABLE dbo.Done (Id int, Body varchar(100))
CREATE TABLE dbo.Hidden (Id int)
GO
-- @LINEAGE_INPUTS: dbo.Hidden, [dbo].[Queue]
-- @LINEAGE_OUTPUTS: dbo.Done
CREATE PROCEDURE dbo.Work @sql nvarchar(max)
AS
BEGIN
  IF @sql IS NULL
    GOTO Finish
  EXEC (@sql)
  INSERT INTO dbo.Done (Id, Body) SELECT q.Id, q.Body FROM dbo.Queue q
Finish:
  PRINT 'finished'
  RETURN
END
-- truth:
--   dbo.work reads dbo.queue, dbo.hidden
--   dbo.work writes dbo.done
--   dbo.queue.id -> dbo.done.id
--   dbo.queue.body -> dbo.done.body
