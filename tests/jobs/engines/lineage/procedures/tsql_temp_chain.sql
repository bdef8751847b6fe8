-- Two temporary tables between the base table and the final one.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE stg.Payments (PaymentId int, Account varchar(20), Amount decimal(18,2), Currency char(3), PaidAt datetime2);
CREATE TABLE ref.Rates (Currency char(3), Rate decimal(18,6));
CREATE TABLE fin.Ledger (Account varchar(20), AmountEur decimal(18,2), BookedOn date);
GO
CREATE OR ALTER PROCEDURE fin.BookPayments
AS
BEGIN
  SET NOCOUNT ON;
  IF OBJECT_ID('tempdb..#new') IS NOT NULL DROP TABLE #new;
  SELECT p.PaymentId, p.Account, p.Amount, p.Currency, CAST(p.PaidAt AS date) AS PaidOn
  INTO #new
  FROM stg.Payments p;

  CREATE TABLE #converted (Account varchar(20), AmountEur decimal(18,2), PaidOn date);
  INSERT #converted
  SELECT n.Account, n.Amount * r.Rate, n.PaidOn
  FROM #new n
  INNER JOIN ref.Rates r ON r.Currency = n.Currency;

  INSERT INTO fin.Ledger (Account, AmountEur, BookedOn)
  SELECT c.Account, SUM(c.AmountEur), c.PaidOn
  FROM #converted AS c
  GROUP BY c.Account, c.PaidOn;

  DROP TABLE #new, #converted;
END
-- truth:
--   fin.bookpayments reads stg.payments, ref.rates
--   fin.bookpayments writes fin.ledger
--   stg.payments.account -> fin.ledger.account
--   stg.payments.amount -> fin.ledger.amounteur
--   ref.rates.rate -> fin.ledger.amounteur
--   stg.payments.paidat -> fin.ledger.bookedon
