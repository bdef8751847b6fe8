-- TRY and CATCH, with an error log that takes nothing from tables.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Import (Id int, Name nvarchar(50), Email nvarchar(100))
CREATE TABLE dbo.Person (Id int, FullName nvarchar(50), Mail nvarchar(100))
CREATE TABLE dbo.ErrorLog (At datetime, Message nvarchar(4000), Line int)
CREATE TABLE dbo.Rejected (Id int, Name nvarchar(50))
GO
CREATE PROC dbo.ImportPeople
AS
BEGIN
    BEGIN TRY
        BEGIN TRANSACTION
        INSERT INTO dbo.Person (Id, FullName, Mail)
        SELECT i.Id, LTRIM(RTRIM(i.Name)), LOWER(i.Email) FROM dbo.Import i WHERE i.Email LIKE '%@%'
        INSERT INTO dbo.Rejected
        SELECT Id, Name FROM dbo.Import WHERE Email NOT LIKE '%@%'
        COMMIT TRANSACTION
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION
        INSERT INTO dbo.ErrorLog (At, Message, Line) VALUES (GETDATE(), ERROR_MESSAGE(), ERROR_LINE())
        DECLARE @m nvarchar(4000) = ERROR_MESSAGE()
        RAISERROR(@m, 16, 1)
        RETURN -1
    END CATCH
    RETURN 0
END
-- truth:
--   dbo.importpeople reads dbo.import
--   dbo.importpeople writes dbo.person, dbo.rejected, dbo.errorlog
--   dbo.import.id -> dbo.person.id
--   dbo.import.name -> dbo.person.fullname
--   dbo.import.email -> dbo.person.mail
--   dbo.import.id -> dbo.rejected.id
--   dbo.import.name -> dbo.rejected.name
