-- Generated columns, with and without the words, come from those of their row.
-- dialect: sqlite
CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, c AS (a + b));
-- edges:
--   t.a -> t.b DIRECT TRANSFORMATION
--   t.a -> t.c DIRECT TRANSFORMATION
--   t.b -> t.c DIRECT TRANSFORMATION
