-- Several arrays are unnested side by side, with a number behind them.
-- dialect: trino
CREATE VIEW v AS SELECT x, y, n FROM t CROSS JOIN UNNEST(t.a, t.b) WITH ORDINALITY AS u (x, y, n);
-- edges:
--   t.a -> v.* INDIRECT JOIN
--   t.b -> v.* INDIRECT JOIN
--   t.a -> v.n DIRECT TRANSFORMATION
--   t.b -> v.n DIRECT TRANSFORMATION
--   t.a -> v.x DIRECT TRANSFORMATION
--   t.b -> v.y DIRECT TRANSFORMATION
