-- TABLE t is SELECT * FROM t.
-- dialect: postgres
CREATE TABLE t (a int, b int);
CREATE VIEW v AS TABLE t;
-- edges:
--   t.a -> v.a DIRECT IDENTITY
--   t.b -> v.b DIRECT IDENTITY
