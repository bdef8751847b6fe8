-- FROM may name an array of the row around, in a join and in a query inside.
-- dialect: bigquery
CREATE TABLE shop.t (id INT64, items ARRAY<STRUCT<sku STRING, price INT64>>);
CREATE VIEW shop.joined AS SELECT id, i.sku FROM shop.t LEFT JOIN t.items AS i;
CREATE VIEW shop.asked AS SELECT id, EXISTS (SELECT 1 FROM t.items AS i WHERE i.sku = 'x') AS has FROM shop.t AS t;
-- edges:
--   shop.t.items -> shop.asked.* INDIRECT FILTER
--   shop.t.items -> shop.asked.* INDIRECT JOIN
--   shop.t.id -> shop.asked.id DIRECT IDENTITY
--   shop.t.items -> shop.joined.* INDIRECT JOIN
--   shop.t.id -> shop.joined.id DIRECT IDENTITY
--   shop.t.items -> shop.joined.sku DIRECT TRANSFORMATION
