-- ROLLUP and CUBE group by all that they name.
-- dialect: snowflake
CREATE VIEW v AS SELECT a, b, SUM(c) AS s FROM t GROUP BY ROLLUP (a, b);
CREATE VIEW w AS SELECT a, b, SUM(c) AS s FROM t GROUP BY CUBE (a, b);
-- edges:
--   T.A -> V.* INDIRECT GROUP_BY
--   T.B -> V.* INDIRECT GROUP_BY
--   T.A -> V.A DIRECT IDENTITY
--   T.B -> V.B DIRECT IDENTITY
--   T.C -> V.S DIRECT AGGREGATION
--   T.A -> W.* INDIRECT GROUP_BY
--   T.B -> W.* INDIRECT GROUP_BY
--   T.A -> W.A DIRECT IDENTITY
--   T.B -> W.B DIRECT IDENTITY
--   T.C -> W.S DIRECT AGGREGATION
