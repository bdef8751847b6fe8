-- A computed column of Snowflake comes from those of its row.
-- dialect: snowflake
CREATE TABLE t (a int, b int AS (a * 2));
-- edges:
--   T.A -> T.B DIRECT TRANSFORMATION
