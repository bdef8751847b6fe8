-- LIKE of a star compares whole names: parts in their order, and any letter for an underscore.
-- dialect: duckdb
CREATE TABLE t (a_x1_id int, a_id int, x1_a_id int, a_x1_ int);
CREATE VIEW v AS SELECT * LIKE 'a%x__i%', * LIKE 'a_id' FROM t;
-- edges:
--   t.a_id -> v.a_id DIRECT IDENTITY
--   t.a_x1_id -> v.a_x1_id DIRECT IDENTITY
