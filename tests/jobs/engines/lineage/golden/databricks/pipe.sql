-- Pipe syntax of Databricks is read step by step.
-- dialect: databricks
CREATE TABLE t (a INT, b INT);
CREATE VIEW v AS FROM t |> WHERE b > 1 |> AGGREGATE sum(b) AS s GROUP BY a;
-- edges:
--   t.a -> v.* INDIRECT GROUP_BY
--   t.b -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.s DIRECT AGGREGATION
