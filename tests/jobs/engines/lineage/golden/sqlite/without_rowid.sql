-- WITHOUT ROWID and STRICT say nothing about lineage.
-- dialect: sqlite
CREATE TABLE t (a INTEGER PRIMARY KEY, b) WITHOUT ROWID;
CREATE TABLE s (x INT, y TEXT) STRICT;
CREATE VIEW v AS SELECT t.*, s.y FROM t JOIN s ON s.x = t.a;
-- edges:
--   s.x -> v.* INDIRECT JOIN
--   t.a -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
--   s.y -> v.y DIRECT IDENTITY
