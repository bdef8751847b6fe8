-- sp_executesql with a literal, and with a variable that comes back.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Readings (Sensor int, Value float, At datetime)
CREATE TABLE dbo.Peaks (Sensor int, Peak float)
CREATE TABLE dbo.RunLog (Highest float)
GO
CREATE PROCEDURE dbo.FindPeaks @since datetime
AS
BEGIN
  DECLARE @top float
  EXEC sp_executesql
    N'INSERT INTO dbo.Peaks (Sensor, Peak) SELECT r.Sensor, MAX(r.Value) FROM dbo.Readings r WHERE r.At > @from AND r.Value <> ''0'' GROUP BY r.Sensor',
    N'@from datetime',
    @from = @since
  EXEC sys.sp_executesql N'SELECT @x = MAX(Value) FROM dbo.Readings', N'@x float OUTPUT', @x = @top OUTPUT
  INSERT INTO dbo.RunLog (Highest) VALUES (@top)
END
-- truth:
--   dbo.findpeaks reads dbo.readings
--   dbo.findpeaks writes dbo.peaks, dbo.runlog
--   dbo.readings.sensor -> dbo.peaks.sensor
--   dbo.readings.value -> dbo.peaks.peak
--   dbo.readings.value -> dbo.runlog.highest
