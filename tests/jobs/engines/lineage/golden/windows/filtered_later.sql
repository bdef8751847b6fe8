-- A condition on a numbered row filters by what the window orders and partitions by.
-- dialect: trino
CREATE VIEW v AS SELECT a FROM (SELECT a, ROW_NUMBER() OVER (PARTITION BY k ORDER BY d) AS rn FROM t) AS x WHERE rn = 1;
-- edges:
--   t.d -> v.* INDIRECT FILTER
--   t.k -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
