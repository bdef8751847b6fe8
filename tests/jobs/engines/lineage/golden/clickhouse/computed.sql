-- MATERIALIZED and ALIAS columns come from those of their row; a DEFAULT is only a default.
-- dialect: clickhouse
CREATE TABLE t (a Int32, b Int32 MATERIALIZED a + 1, c Int32 ALIAS a * 2, d Int32 DEFAULT b) ENGINE = Memory;
-- edges:
--   t.a -> t.b DIRECT TRANSFORMATION
--   t.a -> t.c DIRECT TRANSFORMATION
