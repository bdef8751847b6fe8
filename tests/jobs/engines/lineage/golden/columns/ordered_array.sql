-- The order of a query that becomes an array is a part of the value.
-- dialect: bigquery
CREATE TABLE shop.t (id INT64);
CREATE TABLE shop.u (id INT64, x INT64, y INT64);
CREATE VIEW shop.v AS SELECT id, ARRAY(SELECT x FROM shop.u WHERE u.id = t.id ORDER BY y) AS xs FROM shop.t;
-- edges:
--   shop.t.id -> shop.v.* INDIRECT FILTER
--   shop.u.id -> shop.v.* INDIRECT FILTER
--   shop.u.y -> shop.v.* INDIRECT SORT
--   shop.t.id -> shop.v.id DIRECT IDENTITY
--   shop.u.x -> shop.v.xs DIRECT TRANSFORMATION
