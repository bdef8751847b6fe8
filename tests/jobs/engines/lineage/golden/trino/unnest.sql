-- UNNEST of a map gives keys and values.
-- dialect: trino
CREATE VIEW v AS SELECT t.id, k, val FROM t CROSS JOIN UNNEST(t.props) AS m (k, val);
-- edges:
--   t.props -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.props -> v.k DIRECT TRANSFORMATION
--   t.props -> v.val DIRECT TRANSFORMATION
