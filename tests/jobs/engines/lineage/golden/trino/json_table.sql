-- JSON_TABLE makes rows of a document.
-- dialect: trino
CREATE TABLE t (id int, doc varchar);
CREATE VIEW v AS SELECT id, price FROM t, JSON_TABLE(doc, 'lax $.lines[*]' COLUMNS (price int PATH 'lax $.price')) AS j;
-- edges:
--   t.doc -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.doc -> v.price DIRECT TRANSFORMATION
