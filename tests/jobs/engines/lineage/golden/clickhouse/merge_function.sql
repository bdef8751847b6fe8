-- merge reads all tables whose names fit, and is listed.
-- dialect: clickhouse
CREATE VIEW v AS SELECT a FROM merge('shop', '^hits_');
-- edges:
-- unresolved:
--   DYNAMIC_SQL line 3: what is read through merge(…) is known only when it runs
