-- A deleting mutation of ClickHouse is a DELETE in other words.
-- dialect: clickhouse
ALTER TABLE log DELETE WHERE day < 5;
-- edges:
--   log.day -> log.* INDIRECT FILTER
