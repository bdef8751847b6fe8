-- ARRAY JOIN unfolds a column of the same row.
-- dialect: clickhouse
CREATE VIEW v AS SELECT a, x FROM t ARRAY JOIN items AS x;
-- edges:
--   t.items -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY (assumed: its columns are not known)
--   t.items -> v.x DIRECT TRANSFORMATION
