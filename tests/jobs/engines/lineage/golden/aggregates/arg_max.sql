-- The argument and the value of argMax are both aggregated.
-- dialect: clickhouse
CREATE VIEW v AS SELECT k, argMax(a, b) AS last FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.last DIRECT AGGREGATION
--   t.b -> v.last DIRECT AGGREGATION
