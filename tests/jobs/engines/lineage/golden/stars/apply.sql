-- APPLY puts a function around each column.
-- dialect: clickhouse
CREATE TABLE t (a Int, b Int, k Int);
CREATE VIEW v AS SELECT COLUMNS('^[ab]$') APPLY(sum), t.COLUMNS('k') FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.a -> v.a DIRECT AGGREGATION
--   t.b -> v.b DIRECT AGGREGATION
--   t.k -> v.k DIRECT IDENTITY
