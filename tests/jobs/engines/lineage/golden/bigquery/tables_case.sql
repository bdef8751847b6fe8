-- Tables differ by their capitals, columns do not.
-- dialect: bigquery
CREATE TABLE shop.T (a INT64);
CREATE TABLE shop.t (b INT64);
CREATE VIEW shop.v AS SELECT A FROM shop.T;
-- edges:
--   shop.T.a -> shop.v.a DIRECT IDENTITY
