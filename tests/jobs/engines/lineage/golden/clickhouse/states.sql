-- States of aggregates are made, kept and merged.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
CREATE MATERIALIZED VIEW m ENGINE = AggregatingMergeTree ORDER BY a AS SELECT a, sumState(b) AS s FROM t GROUP BY a;
CREATE VIEW v AS SELECT a, sumMerge(s) AS total FROM m GROUP BY a;
-- edges:
--   t.a -> m.* INDIRECT GROUP_BY
--   t.a -> m.a DIRECT IDENTITY
--   t.b -> m.s DIRECT AGGREGATION
--   m.a -> v.* INDIRECT GROUP_BY
--   m.a -> v.a DIRECT IDENTITY
--   m.s -> v.total DIRECT AGGREGATION
