-- Pseudo columns are no columns.
-- dialect: oracle
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a, ROWNUM AS n, SYSDATE AS d FROM t WHERE ROWNUM < 3;
-- edges:
--   T.A -> V.A DIRECT IDENTITY
