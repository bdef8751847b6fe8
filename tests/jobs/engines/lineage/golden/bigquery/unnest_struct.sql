-- UNNEST of a column of structures gives their fields.
-- dialect: bigquery
CREATE TABLE shop.orders (id INT64, lines ARRAY<STRUCT<item STRING, qty INT64>>);
CREATE VIEW shop.v AS SELECT o.id, l.item FROM shop.orders AS o, UNNEST(o.lines) AS l WHERE l.qty > 1;
-- edges:
--   shop.orders.lines -> shop.v.* INDIRECT FILTER
--   shop.orders.lines -> shop.v.* INDIRECT JOIN
--   shop.orders.id -> shop.v.id DIRECT IDENTITY
--   shop.orders.lines -> shop.v.item DIRECT TRANSFORMATION
