-- APPROXIMATE before an aggregate changes nothing about what it takes.
-- dialect: redshift
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT b, APPROXIMATE COUNT(DISTINCT a) AS n, APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a) AS m FROM t GROUP BY b;
-- edges:
--   t.b -> v.* INDIRECT GROUP_BY
--   t.b -> v.b DIRECT IDENTITY
--   t.a -> v.m DIRECT AGGREGATION
--   t.a -> v.n DIRECT AGGREGATION
