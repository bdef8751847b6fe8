-- A table of the engine S3 is a file; one whose engine reads a queue or many tables is listed.
-- dialect: clickhouse
CREATE TABLE f (id Int32) ENGINE = S3('https://bucket/x.csv', 'CSV');
CREATE TABLE q (id Int32) ENGINE = Kafka('host', 'topic', 'group', 'JSONEachRow');
CREATE TABLE m (id Int32) ENGINE = Merge(shop, '^hits');
-- edges:
--   https://bucket/x.csv.* -> f.id DIRECT IDENTITY
-- unresolved:
--   NOT_SUPPORTED line 4: a table of the engine Kafka, whose rows are elsewhere, is not explained
--   NOT_SUPPORTED line 5: a table of the engine Merge, whose rows are elsewhere, is not explained
