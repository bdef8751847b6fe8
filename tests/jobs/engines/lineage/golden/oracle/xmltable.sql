-- XMLTABLE gives values of the document that is passed to it.
-- dialect: oracle
CREATE VIEW v AS SELECT t.id, x.name FROM t, XMLTABLE('/a/b' PASSING t.doc COLUMNS name VARCHAR2(10) PATH 'n') x;
-- edges:
--   T.DOC -> V.* INDIRECT JOIN
--   T.ID -> V.ID DIRECT IDENTITY
--   T.DOC -> V.NAME DIRECT TRANSFORMATION
