-- Unquoted names are capitals; a quoted name keeps its own.
-- dialect: oracle
CREATE TABLE t ("price" NUMBER, price NUMBER);
CREATE VIEW v AS SELECT "price" AS a, Price AS b FROM T;
-- edges:
--   T.price -> V.A DIRECT IDENTITY
--   T.PRICE -> V.B DIRECT IDENTITY
