-- QUALIFY filters by a window, even under its alias.
-- dialect: snowflake
CREATE VIEW v AS SELECT a, ROW_NUMBER() OVER (PARTITION BY k ORDER BY d DESC) AS rn FROM t QUALIFY rn = 1;
-- edges:
--   T.D -> V.* INDIRECT FILTER
--   T.K -> V.* INDIRECT FILTER
--   T.A -> V.A DIRECT IDENTITY
--   T.D -> V.RN INDIRECT WINDOW
--   T.K -> V.RN INDIRECT WINDOW
