-- A path into a document is part of its column.
-- dialect: trino
CREATE VIEW v AS SELECT json_extract_scalar(doc, '$.a') AS x FROM t;
-- edges:
--   t.doc -> v.x DIRECT TRANSFORMATION
