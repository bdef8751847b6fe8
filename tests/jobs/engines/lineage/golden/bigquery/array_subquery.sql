-- ARRAY of a query is a value of all of its rows.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT id, ARRAY(SELECT x.item FROM UNNEST(t.lines) AS x WHERE x.qty > 1) AS items FROM shop.t AS t;
-- edges:
--   shop.t.lines -> shop.v.* INDIRECT FILTER
--   shop.t.lines -> shop.v.* INDIRECT JOIN
--   shop.t.id -> shop.v.id DIRECT IDENTITY
--   shop.t.lines -> shop.v.items DIRECT TRANSFORMATION
