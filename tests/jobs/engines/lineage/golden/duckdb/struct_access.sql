-- A dot or a bracket reads a field of a structure.
-- dialect: duckdb
CREATE TABLE t (s STRUCT(a int, b int), m MAP(varchar, int));
CREATE VIEW v AS SELECT s.a AS x, s['b'] AS y, m['k'] AS z FROM t;
-- edges:
--   t.s -> v.x DIRECT TRANSFORMATION
--   t.s -> v.y DIRECT TRANSFORMATION
--   t.m -> v.z DIRECT TRANSFORMATION
