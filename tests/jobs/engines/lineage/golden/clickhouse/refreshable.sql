-- A refreshable materialized view with TO fills that table.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
CREATE MATERIALIZED VIEW m REFRESH EVERY 1 HOUR TO target AS SELECT a, b FROM t;
-- edges:
--   t.a -> m.a DIRECT IDENTITY
--   t.b -> m.b DIRECT IDENTITY
--   t.a -> target.a DIRECT IDENTITY
--   t.b -> target.b DIRECT IDENTITY
