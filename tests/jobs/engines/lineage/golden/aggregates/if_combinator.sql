-- sumIf aggregates its value; its condition is one of its arguments.
-- dialect: clickhouse
CREATE VIEW v AS SELECT k, sumIf(a, b > 1) AS s FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.a -> v.s DIRECT AGGREGATION
--   t.b -> v.s DIRECT AGGREGATION
