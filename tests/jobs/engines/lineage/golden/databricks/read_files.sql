-- read_files reads the path that it is given.
-- dialect: databricks
CREATE TABLE t AS SELECT a, b FROM read_files('/mnt/raw/t', format => 'csv');
-- edges:
--   /mnt/raw/t.a -> t.a DIRECT IDENTITY
--   /mnt/raw/t.b -> t.b DIRECT IDENTITY
