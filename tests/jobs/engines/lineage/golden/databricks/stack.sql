-- stack makes rows of its arguments.
-- dialect: databricks
CREATE VIEW v AS SELECT id, name, val FROM t LATERAL VIEW stack(2, 'a', t.a, 'b', t.b) s AS name, val;
-- edges:
--   t.id -> v.id DIRECT IDENTITY (assumed: its columns are not known)
--   t.a -> v.name DIRECT TRANSFORMATION
--   t.b -> v.name DIRECT TRANSFORMATION
--   t.a -> v.val DIRECT TRANSFORMATION
--   t.b -> v.val DIRECT TRANSFORMATION
