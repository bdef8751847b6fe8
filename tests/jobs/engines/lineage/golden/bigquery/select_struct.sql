-- SELECT AS STRUCT makes one value of a row.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT id, (SELECT AS STRUCT t.a, t.b) AS s FROM shop.t AS t;
-- edges:
--   shop.t.id -> shop.v.id DIRECT IDENTITY
--   shop.t.a -> shop.v.s DIRECT TRANSFORMATION
--   shop.t.b -> shop.v.s DIRECT TRANSFORMATION
