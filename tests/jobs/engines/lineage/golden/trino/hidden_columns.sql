-- Hidden columns of the Hive and Iceberg connectors come from nowhere; metadata tables are tables.
-- dialect: trino
CREATE TABLE lake.shop.t (a int, b int);
CREATE VIEW v AS SELECT a, "$path" AS path FROM lake.shop.t;
CREATE VIEW w AS SELECT snapshot_id FROM lake.shop."t$snapshots";
-- edges:
--   lake.shop.t.a -> v.a DIRECT IDENTITY
--   lake.shop.t$snapshots.snapshot_id -> w.snapshot_id DIRECT IDENTITY
