-- ARRAY JOIN unfolds several columns side by side; a name then means what is unfolded.
-- dialect: clickhouse
CREATE TABLE t (id Int32, names Array(String), prices Array(Int32)) ENGINE = MergeTree ORDER BY id;
CREATE VIEW v AS SELECT id, n, prices AS price, i FROM t LEFT ARRAY JOIN names AS n, prices, arrayEnumerate(names) AS i;
-- edges:
--   t.names -> v.* INDIRECT JOIN
--   t.prices -> v.* INDIRECT JOIN
--   t.names -> v.i DIRECT TRANSFORMATION
--   t.id -> v.id DIRECT IDENTITY
--   t.names -> v.n DIRECT TRANSFORMATION
--   t.prices -> v.price DIRECT TRANSFORMATION
