-- A path with dots into a JSON column is a part of that column.
-- dialect: oracle
CREATE TABLE t (id int, doc clob);
CREATE VIEW v AS SELECT t.id, t.doc.customer.name AS name FROM t;
-- edges:
--   T.ID -> V.ID DIRECT IDENTITY
--   T.DOC -> V.NAME DIRECT TRANSFORMATION
