-- A path into a SUPER column is part of the column.
-- dialect: redshift
CREATE VIEW v AS SELECT t.doc.customer.name AS name, t.doc.items[0] AS first FROM t;
-- edges:
--   t.doc -> v.first DIRECT TRANSFORMATION
--   t.doc -> v.name DIRECT TRANSFORMATION
