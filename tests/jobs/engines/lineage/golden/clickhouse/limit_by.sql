-- LIMIT BY keeps some rows of each group.
-- dialect: clickhouse
CREATE VIEW v AS SELECT k, a FROM t ORDER BY d LIMIT 2 BY k;
-- edges:
--   t.d -> v.* INDIRECT SORT
--   t.k -> v.* INDIRECT GROUP_BY
--   t.a -> v.a DIRECT IDENTITY
--   t.k -> v.k DIRECT IDENTITY
