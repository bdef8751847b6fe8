-- A map explodes to keys and values.
-- dialect: databricks
CREATE VIEW v AS SELECT t.id, k, val FROM t LATERAL VIEW EXPLODE(t.props) e AS k, val;
-- edges:
--   t.props -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.props -> v.k DIRECT TRANSFORMATION
--   t.props -> v.val DIRECT TRANSFORMATION
