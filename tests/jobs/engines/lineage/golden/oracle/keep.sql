-- KEEP aggregates the rows that its order puts last.
-- dialect: oracle
CREATE VIEW v AS SELECT k, MAX(a) KEEP (DENSE_RANK LAST ORDER BY d) AS last FROM t GROUP BY k;
-- edges:
--   T.K -> V.* INDIRECT GROUP_BY
--   T.K -> V.K DIRECT IDENTITY
--   T.A -> V.LAST DIRECT AGGREGATION
--   T.D -> V.LAST INDIRECT WINDOW
