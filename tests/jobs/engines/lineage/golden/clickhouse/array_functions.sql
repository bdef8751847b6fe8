-- arrayMap and arrayFilter take lambdas, whose parameters are no columns.
-- dialect: clickhouse
CREATE VIEW v AS SELECT arrayMap(x -> x + k, items) AS l, arrayFilter(y -> y > 1, items) AS m FROM t;
-- edges:
--   t.items -> v.l DIRECT TRANSFORMATION
--   t.k -> v.l DIRECT TRANSFORMATION
--   t.items -> v.m DIRECT TRANSFORMATION
