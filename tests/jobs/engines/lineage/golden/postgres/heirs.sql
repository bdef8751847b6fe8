-- A table that inherits has the columns of the other one, and its rows are in it.
-- dialect: postgres
CREATE TABLE p (a int);
CREATE TABLE c (b int) INHERITS (p);
CREATE VIEW v AS SELECT a FROM p;
INSERT INTO c SELECT x, y FROM s;
-- edges:
--   s.x -> c.a DIRECT IDENTITY
--   s.y -> c.b DIRECT IDENTITY
--   c.a -> p.a DIRECT IDENTITY
--   p.a -> v.a DIRECT IDENTITY
