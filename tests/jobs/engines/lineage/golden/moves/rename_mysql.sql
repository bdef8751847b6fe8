-- RENAME TABLE renames several at once.
-- dialect: mysql
CREATE TABLE a (x INT);
RENAME TABLE a TO b, c TO d;
-- edges:
--   a.x -> b.x DIRECT IDENTITY
--   c.* -> d.* DIRECT IDENTITY
-- unresolved:
--   UNKNOWN_COLUMNS line 4: the columns of c are unknown, so this star stays open
