-- LEFT by name takes the columns of the first branch, INNER those of all.
-- dialect: bigquery
CREATE VIEW d.v AS SELECT a, b FROM d.t LEFT UNION ALL BY NAME SELECT b, c FROM d.u;
CREATE VIEW d.w AS SELECT a, b FROM d.t INNER UNION ALL BY NAME SELECT b, c FROM d.u;
-- edges:
--   d.t.a -> d.v.a DIRECT IDENTITY
--   d.t.b -> d.v.b DIRECT IDENTITY
--   d.u.b -> d.v.b DIRECT IDENTITY
--   d.t.b -> d.w.b DIRECT IDENTITY
--   d.u.b -> d.w.b DIRECT IDENTITY
