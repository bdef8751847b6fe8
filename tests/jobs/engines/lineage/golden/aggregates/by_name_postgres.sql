-- EVERY and all that ends in AGG aggregate, as XMLAGG does in Oracle.
-- dialect: postgres
CREATE TABLE t (a int, g int);
CREATE VIEW v AS SELECT g, every(a > 1) AS e, range_agg(a) AS r, jsonb_agg(a) AS j FROM t GROUP BY g;
-- edges:
--   t.g -> v.* INDIRECT GROUP_BY
--   t.a -> v.e DIRECT AGGREGATION
--   t.g -> v.g DIRECT IDENTITY
--   t.a -> v.j DIRECT AGGREGATION
--   t.a -> v.r DIRECT AGGREGATION
