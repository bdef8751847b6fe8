-- total and group_concat aggregate, with an order and a filter.
-- dialect: sqlite
CREATE TABLE t (a, b, c);
CREATE VIEW v AS SELECT c, group_concat(a, '-' ORDER BY b) AS l, total(a) FILTER (WHERE b > 1) AS s FROM t GROUP BY c;
-- edges:
--   t.c -> v.* INDIRECT GROUP_BY
--   t.c -> v.c DIRECT IDENTITY
--   t.a -> v.l DIRECT AGGREGATION
--   t.b -> v.l INDIRECT WINDOW
--   t.a -> v.s DIRECT AGGREGATION
--   t.b -> v.s INDIRECT CONDITIONAL
