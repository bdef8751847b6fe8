-- Arrows read a field of a document.
-- dialect: mysql
CREATE VIEW v AS SELECT doc->'$.a' AS x, doc->>'$.b' AS y FROM t;
-- edges:
--   t.doc -> v.x DIRECT TRANSFORMATION
--   t.doc -> v.y DIRECT TRANSFORMATION
