-- WITH ORDINALITY numbers the elements of an array.
-- dialect: trino
CREATE TABLE t (id int, tags array(varchar));
CREATE VIEW v AS SELECT id, tag, n FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS u (tag, n);
-- edges:
--   t.tags -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.tags -> v.n DIRECT TRANSFORMATION
--   t.tags -> v.tag DIRECT TRANSFORMATION
