-- A path behind a format is a file.
-- dialect: databricks
CREATE VIEW v AS SELECT a FROM parquet.`/mnt/raw/t`;
-- edges:
--   /mnt/raw/t.a -> v.a DIRECT IDENTITY
