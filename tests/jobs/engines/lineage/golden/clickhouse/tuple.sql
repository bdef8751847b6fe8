-- An element of a tuple is part of it.
-- dialect: clickhouse
CREATE VIEW v AS SELECT pair.1 AS x, tupleElement(pair, 2) AS y, arr[1] AS z FROM t;
-- edges:
--   t.pair -> v.x DIRECT TRANSFORMATION (assumed: a field of pair)
--   t.pair -> v.y DIRECT TRANSFORMATION
--   t.arr -> v.z DIRECT TRANSFORMATION
