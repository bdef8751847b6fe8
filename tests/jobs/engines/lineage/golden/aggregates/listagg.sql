-- LISTAGG aggregates what it lists.
-- dialect: redshift
CREATE VIEW v AS SELECT k, LISTAGG(name, ',') WITHIN GROUP (ORDER BY day) AS names FROM t GROUP BY k;
-- edges:
--   t.k -> v.* INDIRECT GROUP_BY
--   t.k -> v.k DIRECT IDENTITY
--   t.day -> v.names INDIRECT WINDOW
--   t.name -> v.names DIRECT AGGREGATION
