-- A materialized view without TO keeps its rows itself.
-- dialect: clickhouse
CREATE MATERIALIZED VIEW v ENGINE = SummingMergeTree ORDER BY k AS SELECT k, sum(a) AS s FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.s DIRECT AGGREGATION
