-- A prefix of a function changes nothing about its arguments.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT SAFE.SUBSTR(a, 1) AS x, SAFE_CAST(b AS INT64) AS y FROM shop.t;
-- edges:
--   shop.t.a -> shop.v.x DIRECT TRANSFORMATION
--   shop.t.b -> shop.v.y DIRECT TRANSFORMATION
