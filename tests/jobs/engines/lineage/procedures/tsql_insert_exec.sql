-- INSERT … EXEC takes what the procedure that is called selects.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Invoice (No int, Customer int, Net money, Vat money, Due date)
CREATE TABLE dbo.Overdue (No int, Customer int, Gross money)
GO
CREATE PROCEDURE dbo.GetOverdue @AsOf date
AS
BEGIN
  SET NOCOUNT ON
  SELECT i.No, i.Customer, i.Net + i.Vat AS Gross
  FROM dbo.Invoice i
  WHERE i.Due < @AsOf
END
GO
CREATE PROCEDURE dbo.StoreOverdue
AS
BEGIN
  DECLARE @today date = CAST(GETDATE() AS date)
  CREATE TABLE #o (no int, customer int, gross money)
  INSERT INTO #o EXEC dbo.GetOverdue @AsOf = @today
  INSERT INTO dbo.Overdue SELECT no, customer, gross FROM #o
END
-- truth:
--   dbo.getoverdue reads dbo.invoice
--   dbo.storeoverdue reads dbo.getoverdue
--   dbo.storeoverdue writes dbo.overdue
--   dbo.invoice.no -> dbo.overdue.no
--   dbo.invoice.customer -> dbo.overdue.customer
--   dbo.invoice.net -> dbo.overdue.gross
--   dbo.invoice.vat -> dbo.overdue.gross
