-- IGNORE NULLS changes no role.
-- dialect: snowflake
CREATE VIEW v AS SELECT LAG(a) IGNORE NULLS OVER (ORDER BY d) AS l FROM t;
-- edges:
--   T.A -> V.L DIRECT TRANSFORMATION
--   T.D -> V.L INDIRECT WINDOW
