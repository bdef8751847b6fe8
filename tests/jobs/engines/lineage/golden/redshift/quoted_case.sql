-- Even a quoted name is small.
-- dialect: redshift
CREATE TABLE t ("Price" int);
CREATE VIEW v AS SELECT "PRICE" AS a FROM "T";
-- edges:
--   t.price -> v.a DIRECT IDENTITY
