-- OUTER APPLY for the last order, a window for the rank.
-- dialect: tsql
-- default_schema: dbo
CREATE TABLE dbo.Client (Id int, Name nvarchar(60))
CREATE TABLE dbo.Purchase (Id int, ClientId int, Total money, At datetime)
CREATE TABLE mart.ClientRank (ClientId int, Name nvarchar(60), LastTotal money, Place bigint)
GO
CREATE PROCEDURE mart.RankClients
AS
WITH sums AS (
  SELECT ClientId, SUM(Total) AS total FROM dbo.Purchase GROUP BY ClientId
)
INSERT INTO mart.ClientRank (ClientId, Name, LastTotal, Place)
SELECT c.Id, c.Name, last.Total, RANK() OVER (ORDER BY s.total DESC)
FROM dbo.Client AS c
JOIN sums AS s ON s.ClientId = c.Id
OUTER APPLY (SELECT TOP (1) p.Total FROM dbo.Purchase AS p WHERE p.ClientId = c.Id ORDER BY p.At DESC) AS last
-- truth:
--   mart.rankclients reads dbo.client, dbo.purchase
--   mart.rankclients writes mart.clientrank
--   dbo.client.id -> mart.clientrank.clientid
--   dbo.client.name -> mart.clientrank.name
--   dbo.purchase.total -> mart.clientrank.lasttotal
