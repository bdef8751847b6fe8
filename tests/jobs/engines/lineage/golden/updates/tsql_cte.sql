-- A change of a named query changes the relation behind it, under the names that the relation has.
-- dialect: tsql
-- default_schema: dbo
WITH ranked AS (SELECT id, place AS p, ROW_NUMBER() OVER (ORDER BY score) AS r FROM dbo.players) UPDATE ranked SET p = r
-- edges:
--   dbo.players.score -> dbo.players.place INDIRECT WINDOW
