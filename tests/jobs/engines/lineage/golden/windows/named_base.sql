-- A window may be built on a named one.
-- dialect: postgres
CREATE VIEW v AS SELECT SUM(a) OVER (w ORDER BY d) AS s FROM t WINDOW w AS (PARTITION BY k);
-- edges:
--   t.a -> v.s DIRECT AGGREGATION
--   t.d -> v.s INDIRECT WINDOW
--   t.k -> v.s INDIRECT WINDOW
