-- The list that is unnested decides how many rows there are, in FROM and in an output list.
-- dialect: duckdb
CREATE TABLE t (a int, items int[]);
CREATE VIEW in_from AS SELECT a FROM t, unnest(items) AS u (item);
CREATE VIEW in_list AS SELECT a, unnest(items) AS item FROM t;
CREATE VIEW counted AS SELECT count(*) AS n FROM t, range(a) AS r (i);
-- edges:
--   t.a -> counted.* INDIRECT JOIN
--   t.* -> counted.n DIRECT AGGREGATION
--   t.items -> in_from.* INDIRECT JOIN
--   t.a -> in_from.a DIRECT IDENTITY
--   t.items -> in_list.* INDIRECT JOIN
--   t.a -> in_list.a DIRECT IDENTITY
--   t.items -> in_list.item DIRECT TRANSFORMATION
