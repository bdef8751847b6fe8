-- INSERT … TABLE inserts all of a table.
-- dialect: mysql
CREATE TABLE t (a INT, b INT);
INSERT INTO t TABLE u;
-- edges:
--   u.* -> t.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of u are unknown, so this star stays open
