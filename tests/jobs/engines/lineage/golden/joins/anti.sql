-- An anti join shows nothing of its right side, which decides about rows all the same.
-- dialect: spark
CREATE TABLE t (a INT, k INT);
CREATE TABLE u (k INT, x INT);
CREATE VIEW v AS SELECT * FROM t LEFT ANTI JOIN u ON t.k = u.k AND u.x > 1;
-- edges:
--   t.k -> v.* INDIRECT JOIN
--   u.k -> v.* INDIRECT JOIN
--   u.x -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
--   t.k -> v.k DIRECT IDENTITY
