-- A WHILE loop over batches, bounded by variables that a table sets.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE src.Events (EventId bigint, Payload nvarchar(max), Kind varchar(10))
CREATE TABLE dst.Events (EventId bigint, Body nvarchar(max), LoadedTo bigint)
GO
CREATE PROCEDURE dst.CopyEvents @BatchSize int = 1000
AS
BEGIN
  DECLARE @lo bigint, @hi bigint, @max bigint
  SELECT @lo = MIN(EventId), @max = MAX(EventId) FROM src.Events
  WHILE @lo <= @max
  BEGIN
    SET @hi = @lo + @BatchSize
    INSERT INTO dst.Events (EventId, Body, LoadedTo)
    SELECT e.EventId, e.Payload, @hi
    FROM src.Events e
    WHERE e.EventId >= @lo AND e.EventId < @hi
    SET @lo = @hi
    IF @@ROWCOUNT = 0 BREAK
  END
END
-- truth:
--   dst.copyevents reads src.events
--   dst.copyevents writes dst.events
--   src.events.eventid -> dst.events.eventid
--   src.events.payload -> dst.events.body
--   src.events.eventid -> dst.events.loadedto
