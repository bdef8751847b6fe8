-- Deleted rows are archived by OUTPUT … INTO with a column list.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Session (Id int, UserId int, EndedAt datetime)
CREATE TABLE dbo.SessionArchive (Id int, UserId int, EndedAt datetime)
GO
CREATE PROCEDURE dbo.ArchiveSessions @Before datetime
AS
DELETE FROM dbo.Session
OUTPUT deleted.Id, deleted.UserId, deleted.EndedAt INTO dbo.SessionArchive (Id, UserId, EndedAt)
WHERE EndedAt < @Before
-- truth:
--   dbo.archivesessions reads dbo.session
--   dbo.archivesessions writes dbo.session, dbo.sessionarchive
--   dbo.session.id -> dbo.sessionarchive.id
--   dbo.session.userid -> dbo.sessionarchive.userid
--   dbo.session.endedat -> dbo.sessionarchive.endedat
