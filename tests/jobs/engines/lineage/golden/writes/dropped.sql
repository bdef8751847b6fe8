-- DROP between two definitions makes no duplicate, and no edge of the first one is lost, unless it was read before.
-- dialect: duckdb
CREATE TABLE t (a int);
DROP TABLE IF EXISTS s.old, t;
CREATE TABLE t (a int, b int);
CREATE TABLE c AS SELECT a, 1 AS x FROM t;
DROP TABLE c;
CREATE TABLE c AS SELECT b AS a FROM t;
CREATE TABLE d AS SELECT a FROM t;
CREATE VIEW e AS SELECT a FROM d;
DROP TABLE d;
CREATE TABLE d AS SELECT b FROM t;
-- edges:
--   t.a -> c.a DIRECT IDENTITY
--   t.b -> c.a DIRECT IDENTITY
--   t.a -> d.* DIRECT IDENTITY
--   t.b -> d.b DIRECT IDENTITY
--   d.* -> e.* INDIRECT JOIN
-- unresolved:
--   DUPLICATE line 9: d is defined again later; the later definition is used
--   UNBOUND_COLUMN line 10: a fits no source in reach
