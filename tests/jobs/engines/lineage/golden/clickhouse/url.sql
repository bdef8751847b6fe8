-- url and s3 read what their address names.
-- dialect: clickhouse
CREATE TABLE t ENGINE = Memory AS SELECT a FROM url('https://host/x.csv', 'CSV', 'a Int32');
-- edges:
--   https://host/x.csv.a -> t.a DIRECT IDENTITY
