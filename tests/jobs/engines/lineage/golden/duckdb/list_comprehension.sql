-- The variable of a list comprehension is no column; what it is made of is.
-- dialect: duckdb
CREATE TABLE t (items int[], k int);
CREATE VIEW v AS SELECT [x + k for x in items if x > 1] AS l FROM t;
-- edges:
--   t.items -> v.l DIRECT TRANSFORMATION
--   t.k -> v.l DIRECT TRANSFORMATION
