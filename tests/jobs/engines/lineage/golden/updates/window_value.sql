-- A window inside of a query in SET influences its column only.
-- dialect: snowflake
UPDATE ranks SET place = r.p FROM (SELECT id, RANK() OVER (PARTITION BY team ORDER BY score) AS p FROM scores) AS r WHERE r.id = ranks.id;
-- edges:
--   RANKS.ID -> RANKS.* INDIRECT FILTER
--   SCORES.ID -> RANKS.* INDIRECT FILTER
--   SCORES.SCORE -> RANKS.PLACE INDIRECT WINDOW
--   SCORES.TEAM -> RANKS.PLACE INDIRECT WINDOW
