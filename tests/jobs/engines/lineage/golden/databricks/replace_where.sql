-- INSERT … REPLACE WHERE and OVERWRITE of a partition fill by position.
-- dialect: databricks
CREATE TABLE t (a INT, b INT);
CREATE TABLE s (a INT, b INT);
INSERT INTO t REPLACE WHERE a = 3 SELECT a, b FROM s;
INSERT OVERWRITE TABLE t PARTITION (a = 1) SELECT b FROM s;
-- edges:
--   s.a -> t.a DIRECT IDENTITY
--   s.b -> t.b DIRECT IDENTITY
