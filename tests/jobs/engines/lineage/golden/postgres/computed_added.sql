-- A computed column that is added later comes from those of its row, too.
-- dialect: postgres
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text);
ALTER TABLE t ADD COLUMN d int GENERATED ALWAYS AS (length(c)) STORED;
-- edges:
--   t.a -> t.b DIRECT TRANSFORMATION
--   t.c -> t.d DIRECT TRANSFORMATION
