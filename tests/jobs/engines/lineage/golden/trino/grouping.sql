-- Grouping sets group by all that they name.
-- dialect: trino
CREATE VIEW v AS SELECT a, b, SUM(c) AS s FROM t GROUP BY GROUPING SETS ((a, b), (a), ());
-- edges:
--   t.a -> v.* INDIRECT GROUP_BY
--   t.b -> v.* INDIRECT GROUP_BY
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
--   t.c -> v.s DIRECT AGGREGATION
