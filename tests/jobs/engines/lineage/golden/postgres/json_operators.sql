-- Operators into a document take the document and the key.
-- dialect: postgres
CREATE TABLE t (id int, doc jsonb, k text);
CREATE VIEW v AS SELECT doc #>> '{a,b}' AS x, doc -> k AS y, doc @> '{"a": 1}' AS z FROM t WHERE doc ? k;
-- edges:
--   t.doc -> v.* INDIRECT FILTER
--   t.k -> v.* INDIRECT FILTER
--   t.doc -> v.x DIRECT TRANSFORMATION
--   t.doc -> v.y DIRECT TRANSFORMATION
--   t.k -> v.y DIRECT TRANSFORMATION
--   t.doc -> v.z DIRECT TRANSFORMATION
