-- SEMI LEFT JOIN of ClickHouse is a semi join.
-- dialect: clickhouse
CREATE VIEW v AS SELECT t.a FROM t SEMI LEFT JOIN u ON t.k = u.k;
-- edges:
--   t.k -> v.* INDIRECT JOIN
--   u.k -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
