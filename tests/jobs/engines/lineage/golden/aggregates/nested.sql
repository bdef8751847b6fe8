-- An aggregate over an aggregate is one.
-- dialect: duckdb
CREATE VIEW v AS SELECT MAX(s) AS m FROM (SELECT SUM(a) AS s FROM t GROUP BY k) AS d;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.a -> v.m DIRECT AGGREGATION
