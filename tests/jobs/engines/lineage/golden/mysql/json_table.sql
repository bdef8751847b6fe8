-- JSON_TABLE has the columns that it declares.
-- dialect: mysql
CREATE VIEW v AS SELECT t.id, j.name FROM t, JSON_TABLE(t.doc, '$[*]' COLUMNS (name VARCHAR(10) PATH '$.n', nr FOR ORDINALITY)) AS j;
-- edges:
--   t.doc -> v.* INDIRECT JOIN
--   t.id -> v.id DIRECT IDENTITY
--   t.doc -> v.name DIRECT TRANSFORMATION
