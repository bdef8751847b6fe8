-- CREATE TABLE WITH properties takes its columns from the query, WITH NO DATA too.
-- dialect: trino
CREATE TABLE t (a int, b int);
CREATE TABLE lake.x WITH (format = 'PARQUET', partitioned_by = ARRAY['b']) AS SELECT a, b FROM t WITH NO DATA;
-- edges:
--   t.a -> lake.x.a DIRECT IDENTITY
--   t.b -> lake.x.b DIRECT IDENTITY
