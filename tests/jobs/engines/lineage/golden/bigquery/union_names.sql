-- FULL UNION ALL BY NAME puts columns of the same name together.
-- dialect: bigquery
CREATE TABLE shop.t (a INT64, b INT64);
CREATE TABLE shop.u (b INT64, a INT64);
CREATE VIEW shop.v AS SELECT a, b FROM shop.t FULL UNION ALL BY NAME SELECT b, a FROM shop.u;
-- edges:
--   shop.t.a -> shop.v.a DIRECT IDENTITY
--   shop.u.a -> shop.v.a DIRECT IDENTITY
--   shop.t.b -> shop.v.b DIRECT IDENTITY
--   shop.u.b -> shop.v.b DIRECT IDENTITY
