-- max_by, map_agg and histogram aggregate, with their order and their filter.
-- dialect: trino
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT c, max_by(a, b) AS top, map_agg(a, b) AS m, histogram(a) AS h, array_agg(a ORDER BY b) FILTER (WHERE c > 1) AS l FROM t GROUP BY c;
-- edges:
--   t.c -> v.* INDIRECT GROUP_BY
--   t.c -> v.c DIRECT IDENTITY
--   t.a -> v.h DIRECT AGGREGATION
--   t.a -> v.l DIRECT AGGREGATION
--   t.b -> v.l INDIRECT WINDOW
--   t.c -> v.l INDIRECT CONDITIONAL
--   t.a -> v.m DIRECT AGGREGATION
--   t.b -> v.m DIRECT AGGREGATION
--   t.a -> v.top DIRECT AGGREGATION
--   t.b -> v.top DIRECT AGGREGATION
