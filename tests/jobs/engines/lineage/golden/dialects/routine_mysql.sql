-- A routine with a block of statements is one statement, and is listed.
-- dialect: mysql
CREATE TABLE t (a int);
CREATE PROCEDURE p() BEGIN IF 1 = 1 THEN INSERT INTO t VALUES (1); END IF; SELECT CASE WHEN a THEN 1 END FROM t; END;
CREATE VIEW v AS SELECT a FROM t;
-- edges:
--   t.* -> p.* INDIRECT DEPENDENCY
--   p.* -> t.* INDIRECT DEPENDENCY
--   t.a -> v.a DIRECT IDENTITY
