-- A virtual column that the parser refuses is listed; the plain columns are kept.
-- dialect: oracle
CREATE TABLE t (a NUMBER, b NUMBER GENERATED ALWAYS AS (a * 2) VIRTUAL);
CREATE VIEW v AS SELECT a FROM t;
-- edges:
--   T.A -> V.A DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 3: the parser refuses it: Expecting )
