-- Standard SQL is read without a dialect.
-- dialect: ansi
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a FROM t FETCH FIRST 3 ROWS ONLY;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
