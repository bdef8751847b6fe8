-- rowid is a column that nobody declares.
-- dialect: sqlite
CREATE TABLE t (a INT);
CREATE VIEW v AS SELECT a FROM t WHERE rowid > 5;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
