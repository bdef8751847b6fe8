-- ClickHouse tells all names apart by case.
-- dialect: clickhouse
CREATE TABLE db.t (Id Int32, id Int32) ENGINE = MergeTree ORDER BY id;
CREATE VIEW db.v AS SELECT Id, id AS low FROM db.t PREWHERE Id > 0;
-- edges:
--   db.t.Id -> db.v.* INDIRECT FILTER
--   db.t.Id -> db.v.Id DIRECT IDENTITY
--   db.t.id -> db.v.low DIRECT IDENTITY
