-- A variable that a query sets row by row is read in the same query.
-- dialect: mysql
CREATE TABLE t (a int, b int);
CREATE TABLE v AS SELECT a, @r := @r + b AS running FROM t, (SELECT @r := 0) AS init ORDER BY a;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.running DIRECT TRANSFORMATION
