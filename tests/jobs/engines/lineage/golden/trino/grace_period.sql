-- How a materialized view is stored and refreshed says nothing about lineage.
-- dialect: trino
CREATE MATERIALIZED VIEW m GRACE PERIOD INTERVAL '10' MINUTE WITH (format = 'ORC') AS SELECT a FROM t;
-- edges:
--   t.a -> m.a DIRECT IDENTITY
