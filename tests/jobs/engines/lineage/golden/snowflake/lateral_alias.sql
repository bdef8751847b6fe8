-- An alias may be used behind it, but a column of that name comes first.
-- dialect: snowflake
CREATE TABLE t (a INT, b INT);
CREATE VIEW v AS SELECT a + 1 AS b, b * 2 AS c, c + 1 AS d FROM t;
-- edges:
--   T.A -> V.B DIRECT TRANSFORMATION
--   T.B -> V.C DIRECT TRANSFORMATION
--   T.B -> V.D DIRECT TRANSFORMATION
