-- A Distributed table shows the table that it names, by name.
-- dialect: clickhouse
CREATE TABLE hits_local (id Int32, url String) ENGINE = MergeTree ORDER BY id;
CREATE TABLE hits AS hits_local ENGINE = Distributed(cluster, currentDatabase(), hits_local, rand());
CREATE VIEW v AS SELECT id, url FROM hits;
-- edges:
--   hits_local.id -> hits.id DIRECT IDENTITY
--   hits_local.url -> hits.url DIRECT IDENTITY
--   hits.id -> v.id DIRECT IDENTITY
--   hits.url -> v.url DIRECT IDENTITY
