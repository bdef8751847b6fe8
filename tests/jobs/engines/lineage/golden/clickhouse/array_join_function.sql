-- arrayJoin in an output list decides how many rows there are.
-- dialect: clickhouse
CREATE TABLE t (a Int32, tags Array(String)) ENGINE = Memory;
CREATE VIEW v AS SELECT a, arrayJoin(tags) AS tag FROM t;
-- edges:
--   t.tags -> v.* INDIRECT JOIN
--   t.a -> v.a DIRECT IDENTITY
--   t.tags -> v.tag DIRECT TRANSFORMATION
