-- GLOBAL IN and GLOBAL JOIN are IN and JOIN.
-- dialect: clickhouse
CREATE VIEW v AS SELECT t.a FROM t GLOBAL ANY LEFT JOIN u ON t.k = u.k WHERE t.x GLOBAL IN (SELECT y FROM w);
-- edges:
--   t.k -> v.* INDIRECT JOIN
--   t.x -> v.* INDIRECT FILTER
--   u.k -> v.* INDIRECT JOIN
--   w.y -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
