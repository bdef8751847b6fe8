-- CONNECT BY filters rows.
-- dialect: oracle
CREATE TABLE t (a int, p int);
CREATE VIEW v AS SELECT a FROM t START WITH p IS NULL CONNECT BY PRIOR a = p;
-- edges:
--   T.A -> V.* INDIRECT FILTER
--   T.P -> V.* INDIRECT FILTER
--   T.A -> V.A DIRECT IDENTITY
