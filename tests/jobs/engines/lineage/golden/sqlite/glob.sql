-- GLOB compares with both of its sides.
-- dialect: sqlite
CREATE VIEW v AS SELECT a FROM t WHERE b GLOB c AND d IS NOT e;
-- edges:
--   t.b -> v.* INDIRECT FILTER
--   t.c -> v.* INDIRECT FILTER
--   t.d -> v.* INDIRECT FILTER
--   t.e -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
