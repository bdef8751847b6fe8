-- The procedure that is called fills a temporary table of the one that calls.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Account (Id int, Balance money, Region int)
CREATE TABLE dbo.RegionBalance (Region int, Total money)
GO
CREATE PROCEDURE dbo.CollectBalances @region int
AS
INSERT INTO #balances (region, balance)
SELECT a.Region, a.Balance FROM dbo.Account AS a WHERE a.Region = @region
GO
CREATE PROCEDURE dbo.SummariseBalances
AS
BEGIN
  CREATE TABLE #balances (region int, balance money)
  EXEC dbo.CollectBalances @region = 1
  EXECUTE dbo.CollectBalances 2
  INSERT INTO dbo.RegionBalance (Region, Total)
  SELECT region, SUM(balance) FROM #balances GROUP BY region
END
-- truth:
--   dbo.collectbalances reads dbo.account
--   dbo.summarisebalances reads dbo.collectbalances
--   dbo.summarisebalances writes dbo.regionbalance
--   dbo.account.region -> dbo.regionbalance.region
--   dbo.account.balance -> dbo.regionbalance.total
