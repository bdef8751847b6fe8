-- Capitals always matter.
-- dialect: clickhouse
CREATE TABLE t (a Int32, A Int32);
CREATE VIEW v AS SELECT a AS x, A AS y FROM t;
-- edges:
--   t.a -> v.x DIRECT IDENTITY
--   t.A -> v.y DIRECT IDENTITY
