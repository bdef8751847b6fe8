-- A name in double quotes that is no column may be a text in SQLite; it is listed.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE VIEW v AS SELECT "a", "nope" AS s FROM t;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: nope fits no source in reach
