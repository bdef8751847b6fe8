-- LATERAL VIEW gives rows of its argument.
-- dialect: databricks
CREATE VIEW v AS SELECT t.id, x FROM t LATERAL VIEW OUTER EXPLODE(t.items) e AS x;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.x DIRECT TRANSFORMATION
