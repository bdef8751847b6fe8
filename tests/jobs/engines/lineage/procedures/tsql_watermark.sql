-- The last key of one table comes back from a procedure in a parameter, and goes into another table.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE ops.Feed (Id bigint, Topic varchar(20), Data varchar(200))
CREATE TABLE ops.Watermark (Topic varchar(20), LastId bigint)
GO
CREATE PROCEDURE ops.LastOf @topic varchar(20), @last bigint OUTPUT
AS
SELECT @last = MAX(f.Id) FROM ops.Feed AS f WHERE f.Topic = @topic
GO
CREATE PROCEDURE ops.MoveOn @topic varchar(20)
AS
BEGIN
  DECLARE @until bigint
  EXEC ops.LastOf @topic, @until OUTPUT
  INSERT INTO ops.Watermark (Topic, LastId) VALUES (@topic, @until)
END
-- truth:
--   ops.lastof reads ops.feed
--   ops.moveon reads ops.lastof
--   ops.moveon writes ops.watermark
--   ops.feed.id -> ops.watermark.lastid
