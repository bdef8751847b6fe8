-- Transactions, messages and settings move nothing.
-- dialect: tsql
-- default_schema: dbo
CREATE PROCEDURE p AS
SET NOCOUNT, XACT_ABORT ON
BEGIN TRAN
SAVE TRAN one
INSERT INTO u (z) SELECT a FROM t
IF @@ERROR <> 0 ROLLBACK TRAN
RAISERROR('x', 16, 1) WITH NOWAIT
WAITFOR DELAY '00:00:01'
COMMIT
-- edges:
--   dbo.t.* -> dbo.p.* INDIRECT DEPENDENCY
--   dbo.p.* -> dbo.u.* INDIRECT DEPENDENCY
--   dbo.t.a -> dbo.u.z DIRECT IDENTITY
