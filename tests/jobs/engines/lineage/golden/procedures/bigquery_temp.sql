-- A temporary table of a script is no relation.
-- dialect: bigquery
CREATE TEMP TABLE x AS SELECT a FROM d.t;
INSERT INTO d.u (z) SELECT a FROM x;
-- edges:
--   d.t.a -> d.u.z DIRECT IDENTITY
