-- A file in the place of a table is an external relation by its path.
-- dialect: duckdb
CREATE TABLE t AS SELECT a, b FROM 'raw/*.parquet' WHERE c > 1;
-- edges:
--   raw/*.parquet.c -> t.* INDIRECT FILTER
--   raw/*.parquet.a -> t.a DIRECT IDENTITY
--   raw/*.parquet.b -> t.b DIRECT IDENTITY
