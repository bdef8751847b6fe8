-- AS OF reads the same table; VERSIONS BETWEEN is refused by the parser, and listed.
-- dialect: oracle
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM t AS OF TIMESTAMP SYSTIMESTAMP - 1;
CREATE VIEW w AS SELECT a FROM t VERSIONS BETWEEN SCN MINVALUE AND MAXVALUE;
-- edges:
--   T.A -> V.A DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 5: the parser refuses it: it does not know this statement; it names t
