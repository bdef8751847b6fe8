-- The parameter of a lambda is no column; other names in it are.
-- dialect: databricks
CREATE VIEW v AS SELECT transform(items, x -> x + factor) AS scaled, filter(tags, y -> y <> 'a') AS tags FROM t;
-- edges:
--   t.factor -> v.scaled DIRECT TRANSFORMATION
--   t.items -> v.scaled DIRECT TRANSFORMATION
--   t.tags -> v.tags DIRECT TRANSFORMATION
