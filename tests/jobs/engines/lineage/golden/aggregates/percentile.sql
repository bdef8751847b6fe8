-- A percentile takes its values from the order that it is given.
-- dialect: postgres
CREATE VIEW v AS SELECT k, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) AS median FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.median DIRECT AGGREGATION
