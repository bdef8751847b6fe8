-- An INSERT into a view is in the view, and its trigger leads on from there.
-- dialect: sqlite
CREATE TABLE t (a, b);
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a, b) VALUES (new.a, 1); END;
CREATE TABLE s (x);
INSERT INTO v (a) SELECT x FROM s;
-- edges:
--   v.a -> t.a DIRECT IDENTITY
--   s.x -> v.a DIRECT IDENTITY
--   t.a -> v.a DIRECT IDENTITY
