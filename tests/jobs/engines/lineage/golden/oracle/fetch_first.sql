-- FETCH FIRST with ORDER BY decides which rows there are.
-- dialect: oracle
CREATE VIEW v AS SELECT a FROM t ORDER BY b FETCH FIRST 5 ROWS ONLY;
-- edges:
--   T.B -> V.* INDIRECT SORT
--   T.A -> V.A DIRECT IDENTITY
