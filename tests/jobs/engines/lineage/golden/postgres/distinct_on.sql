-- DISTINCT ON keeps one row of each group, which the order chooses.
-- dialect: postgres
CREATE VIEW v AS SELECT DISTINCT ON (k) k, a FROM t ORDER BY k, d DESC;
-- edges:
--   t.d -> v.* INDIRECT SORT
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.* INDIRECT SORT
--   t.a -> v.a DIRECT IDENTITY
--   t.k -> v.k DIRECT IDENTITY
