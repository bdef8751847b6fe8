-- A query in LIMIT decides how many rows stay; one in ORDER BY without a limit decides nothing.
-- dialect: duckdb
CREATE TABLE t (a int, b int);
CREATE TABLE u (x int);
CREATE VIEW v AS SELECT a FROM t LIMIT (SELECT max(x) FROM u);
CREATE VIEW w AS SELECT a FROM t ORDER BY (SELECT max(x) FROM u), b;
-- edges:
--   u.x -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
--   t.a -> w.a DIRECT IDENTITY
