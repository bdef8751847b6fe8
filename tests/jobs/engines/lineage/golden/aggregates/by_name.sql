-- Aggregates that the parser has no class for are told by their names.
-- dialect: duckdb
CREATE TABLE t (a int, g int);
CREATE VIEW v AS SELECT g, geomean(a) AS m, product(a) AS p, histogram(a) AS h, bitstring_agg(a) AS b FROM t GROUP BY g;
-- edges:
--   t.g -> v.* INDIRECT GROUP_BY
--   t.a -> v.b DIRECT AGGREGATION
--   t.g -> v.g DIRECT IDENTITY
--   t.a -> v.h DIRECT AGGREGATION
--   t.a -> v.m DIRECT AGGREGATION
--   t.a -> v.p DIRECT AGGREGATION
