-- An alias inside of an expression may be used elsewhere.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32);
CREATE VIEW v AS SELECT (a + 1 AS c) * 2 AS d, b FROM t;
-- edges:
--   t.b -> v.b DIRECT IDENTITY
--   t.a -> v.d DIRECT TRANSFORMATION
