-- FROM, INTO, USING and JOIN do not always name a relation.
-- dialect: duckdb
CREATE TABLE t (a int, b varchar, d date);
CREATE TABLE u (a int);
CREATE VIEW v AS SELECT extract(day FROM d) AS day, trim(BOTH 'x' FROM b) AS b, substring(b FROM 1 FOR 2) AS c FROM t JOIN u USING (a) WHERE a IS DISTINCT FROM b;
CREATE VIEW w AS WITH c AS (FROM t) SELECT c.a FROM c, LATERAL (SELECT 1) AS l, unnest([1]) AS n;
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   t.a -> v.* INDIRECT JOIN
--   t.b -> v.* INDIRECT FILTER
--   u.a -> v.* INDIRECT JOIN
--   t.b -> v.b DIRECT TRANSFORMATION
--   t.b -> v.c DIRECT TRANSFORMATION
--   t.d -> v.day DIRECT TRANSFORMATION
--   t.a -> w.a DIRECT IDENTITY
