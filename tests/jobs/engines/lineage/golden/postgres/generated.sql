-- A generated column is passed over by an INSERT without a list.
-- dialect: postgres
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int);
INSERT INTO t SELECT x, y FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   u.y -> t.c DIRECT IDENTITY
