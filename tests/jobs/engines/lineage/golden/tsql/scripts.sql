-- Scripts of SQL Server's tools hold commands, properties and indexes that move no data.
-- dialect: tsql
-- default_schema: dbo
:setvar Path "C:\it's here\"
CREATE TABLE t (
  id uniqueidentifier ROWGUIDCOL NOT NULL,
  [a] [int] NULL
);
GO
CREATE UNIQUE CLUSTERED INDEX i ON t (a);
CREATE PRIMARY XML INDEX x ON t (a);
EXECUTE [sys].[sp_addextendedproperty] N'MS_Description', N'A table';
EXEC @rc = [sys].[sp_executesql] N'SELECT 1';
EXEC @rc = dbo.fill 3;
IF 1 = 1
BEGIN
  PRINT 'x';
END;
DISABLE TRIGGER r ON t;
BULK INSERT t FROM 'C:\x.csv' WITH (CODEPAGE = '65001');
GO
CREATE VIEW v AS SELECT t.id, a FROM t
-- edges:
--   C:\x.csv.* -> dbo.t.a DIRECT IDENTITY
--   C:\x.csv.* -> dbo.t.id DIRECT IDENTITY
--   dbo.t.a -> dbo.v.a DIRECT IDENTITY
--   dbo.t.id -> dbo.v.id DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 14: nothing defines dbo.fill, which is called here
