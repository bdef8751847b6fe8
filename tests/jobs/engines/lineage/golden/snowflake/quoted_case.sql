-- A quoted name keeps its capitals and is another one than the same without quotes.
-- dialect: snowflake
CREATE TABLE t ("Price" INT, price INT);
CREATE VIEW v AS SELECT "Price" AS a, price AS b, PRICE AS c FROM T;
-- edges:
--   T.Price -> V.A DIRECT IDENTITY
--   T.PRICE -> V.B DIRECT IDENTITY
--   T.PRICE -> V.C DIRECT IDENTITY
