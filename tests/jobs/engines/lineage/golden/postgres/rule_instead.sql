-- What a rule of a view does instead leads on from the view; of several statements the later ones are listed.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE TABLE log (a int);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO t (a, b) VALUES (NEW.a, NEW.b); INSERT INTO log (a) VALUES (NEW.a));
INSERT INTO v (a, b) SELECT x, y FROM s;
-- edges:
--   v.a -> t.a DIRECT IDENTITY
--   v.b -> t.b DIRECT IDENTITY
--   s.x -> v.a DIRECT IDENTITY
--   t.a -> v.a DIRECT IDENTITY
--   s.y -> v.b DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
-- unresolved:
--   SYNTAX line 6: the parser refuses it: Invalid expression / Unexpected token; it names log
