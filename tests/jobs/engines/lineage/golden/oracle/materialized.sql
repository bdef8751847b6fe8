-- How a materialized view is built and refreshed in Oracle says nothing about lineage.
-- dialect: oracle
CREATE MATERIALIZED VIEW m BUILD IMMEDIATE REFRESH FAST ON COMMIT AS SELECT a FROM t WHERE b = 1;
-- edges:
--   T.B -> M.* INDIRECT FILTER
--   T.A -> M.A DIRECT IDENTITY
