-- A table function that is given a table by name is not understood, and is listed.
-- dialect: trino
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM TABLE(exclude_columns(input => TABLE(t), columns => DESCRIPTOR(b)));
-- edges:
--   exclude_columns.a -> v.a DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: t fits no source in reach
--   UNBOUND_COLUMN line 4: b fits no source in reach
