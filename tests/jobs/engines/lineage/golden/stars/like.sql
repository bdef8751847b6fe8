-- A star may choose by LIKE.
-- dialect: duckdb
CREATE TABLE t (a_id int, b_id int, c int);
CREATE VIEW v AS SELECT * LIKE '%id' FROM t;
-- edges:
--   t.a_id -> v.a_id DIRECT IDENTITY
--   t.b_id -> v.b_id DIRECT IDENTITY
