-- IN followed by the name of a table is listed: the name looks like a column.
-- dialect: clickhouse
CREATE TABLE t (a Int32) ENGINE = Memory;
CREATE VIEW v AS SELECT a FROM t WHERE a IN u;
-- edges:
--   t.a -> v.* INDIRECT FILTER
--   t.a -> v.a DIRECT IDENTITY
-- unresolved:
--   UNBOUND_COLUMN line 4: u fits no source in reach
