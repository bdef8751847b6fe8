-- WITH ROLLUP groups by the columns before it.
-- dialect: mysql
CREATE VIEW v AS SELECT a, b, SUM(c) AS s FROM t GROUP BY a, b WITH ROLLUP;
-- edges:
--   t.a -> v.* INDIRECT GROUP_BY
--   t.b -> v.* INDIRECT GROUP_BY
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
--   t.c -> v.s DIRECT AGGREGATION
