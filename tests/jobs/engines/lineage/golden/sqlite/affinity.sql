-- A column needs no type.
-- dialect: sqlite
CREATE TABLE t (a, b);
INSERT INTO t SELECT x, y FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   u.y -> t.b DIRECT IDENTITY
