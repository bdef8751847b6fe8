-- A table function over partitions: arguments flow on, partitions are a window.
-- dialect: snowflake
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT t.a, f.y FROM t, TABLE(split_rows(t.b) OVER (PARTITION BY t.a)) AS f;
-- edges:
--   T.A -> V.* INDIRECT JOIN
--   T.B -> V.* INDIRECT JOIN
--   T.A -> V.A DIRECT IDENTITY
--   T.A -> V.Y INDIRECT WINDOW
--   T.B -> V.Y DIRECT TRANSFORMATION
