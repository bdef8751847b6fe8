-- POSEXPLODE numbers the elements.
-- dialect: databricks
CREATE VIEW v AS SELECT t.id, p, x FROM t LATERAL VIEW POSEXPLODE(t.items) e AS p, x;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.items -> v.p DIRECT TRANSFORMATION
--   t.items -> v.x DIRECT TRANSFORMATION
