-- Each branch adds its source, and its own conditions.
-- dialect: clickhouse
CREATE VIEW v AS SELECT a FROM t WHERE k = 1 UNION ALL SELECT b FROM u WHERE l = 2 UNION ALL SELECT c FROM w WHERE m = 3;
-- edges:
--   t.k -> v.* INDIRECT FILTER
--   u.l -> v.* INDIRECT FILTER
--   w.m -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
--   u.b -> v.a DIRECT IDENTITY
--   w.c -> v.a DIRECT IDENTITY
