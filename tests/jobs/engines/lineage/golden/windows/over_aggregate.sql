-- A window over an aggregate: its value is aggregated, its order influences.
-- dialect: bigquery
CREATE VIEW d.v AS SELECT k, RANK() OVER (ORDER BY SUM(a) DESC) AS r FROM d.t GROUP BY k;
-- edges:
--   d.t.k -> d.v.* INDIRECT GROUP_BY
--   d.t.k -> d.v.k DIRECT IDENTITY
--   d.t.a -> d.v.r INDIRECT WINDOW
