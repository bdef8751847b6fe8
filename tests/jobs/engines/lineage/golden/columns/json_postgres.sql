-- A field of a document is part of its column.
-- dialect: postgres
CREATE VIEW v AS SELECT doc -> 'a' ->> 'b' AS x, doc #>> '{c,d}' AS y FROM t;
-- edges:
--   t.doc -> v.x DIRECT TRANSFORMATION
--   t.doc -> v.y DIRECT TRANSFORMATION
