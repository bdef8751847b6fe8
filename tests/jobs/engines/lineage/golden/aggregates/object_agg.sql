-- Keys and values of an aggregated object are sources of it.
-- dialect: snowflake
CREATE VIEW v AS SELECT k, OBJECT_AGG(name, val) AS o, ARRAY_AGG(val) WITHIN GROUP (ORDER BY day) AS a FROM t GROUP BY k;
-- edges:
--   T.K -> V.* INDIRECT GROUP_BY
--   T.DAY -> V.A INDIRECT WINDOW
--   T.VAL -> V.A DIRECT AGGREGATION
--   T.K -> V.K DIRECT IDENTITY
--   T.NAME -> V.O DIRECT AGGREGATION
--   T.VAL -> V.O DIRECT AGGREGATION
