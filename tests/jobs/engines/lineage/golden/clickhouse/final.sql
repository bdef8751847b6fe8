-- FINAL and SAMPLE read the same table.
-- dialect: clickhouse
CREATE VIEW v AS SELECT a FROM t FINAL SAMPLE 0.1 PREWHERE b = 1 WHERE c = 2;
-- edges:
--   t.b -> v.* INDIRECT FILTER
--   t.c -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
