-- WITH TOTALS and WITH FILL take nothing more; HAVING may name an output.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
CREATE VIEW v AS SELECT a, sum(b) AS s FROM t GROUP BY a WITH TOTALS HAVING s > 3 ORDER BY a WITH FILL FROM 1 TO 9 LIMIT 5;
-- edges:
--   t.a -> v.* INDIRECT GROUP_BY
--   t.a -> v.* INDIRECT SORT
--   t.b -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.s DIRECT AGGREGATION
