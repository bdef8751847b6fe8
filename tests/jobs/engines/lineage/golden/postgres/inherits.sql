-- INCLUDING of a LIKE takes the columns of another table.
-- dialect: postgres
CREATE TABLE base (a int, b text);
CREATE TABLE t (LIKE base INCLUDING ALL, c int);
INSERT INTO t SELECT x, y, z FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   u.y -> t.b DIRECT IDENTITY
--   u.z -> t.c DIRECT IDENTITY
