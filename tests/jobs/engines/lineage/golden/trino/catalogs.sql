-- A catalog, a schema and a table.
-- dialect: trino
CREATE VIEW hive.shop.v AS SELECT t.a, u.b FROM hive.shop.t AS t JOIN pg.public.u AS u ON t.k = u.k;
-- edges:
--   hive.shop.t.k -> hive.shop.v.* INDIRECT JOIN
--   pg.public.u.k -> hive.shop.v.* INDIRECT JOIN
--   hive.shop.t.a -> hive.shop.v.a DIRECT IDENTITY
--   pg.public.u.b -> hive.shop.v.b DIRECT IDENTITY
