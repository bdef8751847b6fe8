-- INSERT … SET fills the columns that it names.
-- dialect: mysql
CREATE TABLE t (a int, b int);
INSERT INTO t SET a = 1, b = (SELECT MAX(x) FROM s);
-- edges:
--   s.x -> t.b DIRECT AGGREGATION
