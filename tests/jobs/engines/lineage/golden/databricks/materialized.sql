-- A materialized view of a pipeline is a view of its query.
-- dialect: databricks
CREATE MATERIALIZED VIEW m SCHEDULE EVERY 1 HOUR AS SELECT a FROM t;
CREATE OR REFRESH MATERIALIZED VIEW n AS SELECT a FROM t;
-- edges:
--   t.a -> m.a DIRECT IDENTITY
--   t.a -> n.a DIRECT IDENTITY
