-- WITH OFFSET numbers the elements; it comes from the array.
-- dialect: bigquery
CREATE VIEW shop.v AS SELECT x, at FROM shop.t, UNNEST(items) AS x WITH OFFSET AS at;
-- edges:
--   shop.t.items -> shop.v.* INDIRECT JOIN
--   shop.t.items -> shop.v.at DIRECT TRANSFORMATION
--   shop.t.items -> shop.v.x DIRECT TRANSFORMATION
