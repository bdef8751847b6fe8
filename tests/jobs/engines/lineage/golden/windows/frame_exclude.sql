-- A frame changes nothing about where values come from.
-- dialect: postgres
CREATE VIEW v AS SELECT SUM(a) OVER (ORDER BY d ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS s FROM t;
-- edges:
--   t.a -> v.s DIRECT AGGREGATION
--   t.d -> v.s INDIRECT WINDOW
