-- A generated column comes from those of its row, and is passed over by an INSERT without a list.
-- dialect: postgres
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int);
INSERT INTO t SELECT x, y FROM u;
-- edges:
--   u.x -> t.a DIRECT IDENTITY
--   t.a -> t.b DIRECT TRANSFORMATION
--   u.y -> t.c DIRECT IDENTITY
