-- An element of an array or map is part of its column; a computed place is a source, too.
-- dialect: spark
CREATE VIEW v AS SELECT items[0] AS first, tags[k] AS tag FROM t;
-- edges:
--   t.items -> v.first DIRECT TRANSFORMATION
--   t.k -> v.tag DIRECT TRANSFORMATION
--   t.tags -> v.tag DIRECT TRANSFORMATION
