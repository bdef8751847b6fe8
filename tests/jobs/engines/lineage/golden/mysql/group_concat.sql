-- GROUP_CONCAT aggregates; its order influences.
-- dialect: mysql
CREATE VIEW v AS SELECT k, GROUP_CONCAT(DISTINCT name ORDER BY day SEPARATOR ';') AS names FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.day -> v.names INDIRECT WINDOW
--   t.name -> v.names DIRECT AGGREGATION
