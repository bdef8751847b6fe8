-- IFF and DECODE: what is tested is a condition where the parser tells.
-- dialect: snowflake
CREATE VIEW v AS SELECT IFF(a > 1, b, c) AS x FROM t;
-- edges:
--   T.A -> V.X INDIRECT CONDITIONAL
--   T.B -> V.X DIRECT TRANSFORMATION
--   T.C -> V.X DIRECT TRANSFORMATION
