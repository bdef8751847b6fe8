-- A function that makes rows in an output list gives a value of its argument.
-- dialect: databricks
CREATE VIEW v AS SELECT id, explode(items) AS item FROM t;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.item DIRECT TRANSFORMATION
