-- The parameters of a lambda are no columns.
-- dialect: trino
CREATE VIEW v AS SELECT reduce(items, start, (s, x) -> s + x, s -> s) AS total FROM t;
-- edges:
--   t.items -> v.total DIRECT TRANSFORMATION
--   t.start -> v.total DIRECT TRANSFORMATION
