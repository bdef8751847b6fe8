-- GLOBAL ANY JOIN is a join like any other; PASTE JOIN puts rows side by side.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32) ENGINE = Memory;
CREATE TABLE u (a Int32, c Int32) ENGINE = Memory;
CREATE VIEW v AS SELECT t.b, u.c FROM t GLOBAL ANY LEFT JOIN u USING (a);
CREATE VIEW w AS SELECT t.a, u.c FROM t PASTE JOIN u;
-- edges:
--   t.a -> v.* INDIRECT JOIN
--   u.a -> v.* INDIRECT JOIN
--   t.b -> v.b DIRECT IDENTITY
--   u.c -> v.c DIRECT IDENTITY
--   t.a -> w.a DIRECT IDENTITY
--   u.c -> w.c DIRECT IDENTITY
