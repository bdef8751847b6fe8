-- Unquoted names are small; a quoted name keeps its capitals.
-- dialect: postgres
CREATE TABLE t ("Price" int, price int);
CREATE VIEW v AS SELECT "Price" AS a, PRICE AS b FROM T;
-- edges:
--   t.Price -> v.a DIRECT IDENTITY
--   t.price -> v.b DIRECT IDENTITY
