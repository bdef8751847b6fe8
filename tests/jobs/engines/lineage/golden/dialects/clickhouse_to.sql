-- A materialized view with TO fills another table, by name.
-- dialect: clickhouse
CREATE TABLE raw.hits (url String, day Date);
CREATE TABLE mart.days (hits UInt64, day Date);
CREATE MATERIALIZED VIEW mart.count_days TO mart.days AS SELECT day, count() AS hits FROM raw.hits FINAL GROUP BY day;
-- edges:
--   raw.hits.day -> mart.count_days.* INDIRECT GROUP_BY
--   raw.hits.day -> mart.count_days.day DIRECT IDENTITY
--   raw.hits.* -> mart.count_days.hits DIRECT AGGREGATION
--   raw.hits.day -> mart.days.* INDIRECT GROUP_BY
--   raw.hits.day -> mart.days.day DIRECT IDENTITY
--   raw.hits.* -> mart.days.hits DIRECT AGGREGATION
