-- A colon leads into a document, and a double colon casts.
-- dialect: databricks
CREATE TABLE t (id INT, doc STRING);
CREATE VIEW v AS SELECT doc:customer.name::string AS name, doc:lines[0].price AS price FROM t;
-- edges:
--   t.doc -> v.name DIRECT TRANSFORMATION
--   t.doc -> v.price DIRECT TRANSFORMATION
