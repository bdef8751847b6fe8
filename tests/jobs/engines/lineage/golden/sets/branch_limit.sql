-- ORDER BY and LIMIT in parentheses belong to their branch.
-- dialect: bigquery
CREATE VIEW d.v AS (SELECT a FROM d.t ORDER BY b LIMIT 1) UNION ALL (SELECT c FROM d.u);
-- edges:
--   d.t.b -> d.v.* INDIRECT SORT
--   d.t.a -> d.v.a DIRECT IDENTITY
--   d.u.c -> d.v.a DIRECT IDENTITY
