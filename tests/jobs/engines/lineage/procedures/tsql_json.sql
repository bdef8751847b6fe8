-- OPENJSON with a schema over a column of documents.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE raw.Messages (Id int, Body nvarchar(max), ReceivedAt datetime2)
CREATE TABLE dbo.Bookings (MessageId int, Guest nvarchar(60), Nights int, ReceivedAt datetime2)
GO
CREATE PROCEDURE dbo.ParseBookings
AS
BEGIN
  INSERT INTO dbo.Bookings (MessageId, Guest, Nights, ReceivedAt)
  SELECT m.Id, b.guest, b.nights, m.ReceivedAt
  FROM raw.Messages AS m
  CROSS APPLY OPENJSON(m.Body, '$.bookings')
    WITH (guest nvarchar(60) '$.guest.name', nights int '$.nights') AS b
  WHERE ISJSON(m.Body) = 1
END
-- truth:
--   dbo.parsebookings reads raw.messages
--   dbo.parsebookings writes dbo.bookings
--   raw.messages.id -> dbo.bookings.messageid
--   raw.messages.body -> dbo.bookings.guest
--   raw.messages.body -> dbo.bookings.nights
--   raw.messages.receivedat -> dbo.bookings.receivedat
