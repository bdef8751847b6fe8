-- Named expressions may be of one another, and a query among them gives one value.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
CREATE VIEW v AS WITH a + 1 AS x, (SELECT max(b) FROM t) AS m, x * m AS y SELECT y, md5(x) AS digest FROM t WHERE x > 3;
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   t.a -> v.digest DIRECT TRANSFORMATION MASKING
--   t.a -> v.y DIRECT TRANSFORMATION
--   t.b -> v.y DIRECT AGGREGATION
