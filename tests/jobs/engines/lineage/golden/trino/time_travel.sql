-- FOR TIMESTAMP AS OF reads the same table as it was.
-- dialect: trino
CREATE TABLE lake.shop.t (a int, b int);
CREATE VIEW v AS SELECT a FROM lake.shop.t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC';
-- edges:
--   lake.shop.t.a -> v.a DIRECT IDENTITY
