-- STRAIGHT_JOIN and index hints change no lineage.
-- dialect: mysql
CREATE VIEW v AS SELECT t.a FROM t USE INDEX (i) STRAIGHT_JOIN u ON t.k = u.k;
-- edges:
--   t.k -> v.* INDIRECT JOIN
--   u.k -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
