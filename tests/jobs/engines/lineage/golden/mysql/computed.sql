-- Computed columns, stored or virtual, come from those of their row.
-- dialect: mysql
CREATE TABLE t (a int, b int AS (a * 2) STORED, c int GENERATED ALWAYS AS (a + b) VIRTUAL);
-- edges:
--   t.a -> t.b DIRECT TRANSFORMATION
--   t.a -> t.c DIRECT TRANSFORMATION
--   t.b -> t.c DIRECT TRANSFORMATION
