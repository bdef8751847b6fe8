-- BigQuery says EXCEPT for what others call EXCLUDE.
-- dialect: bigquery
CREATE TABLE raw.t (a INT64, b INT64, c INT64);
CREATE VIEW mart.t AS SELECT * EXCEPT (b) REPLACE (c + 1 AS c) FROM raw.t;
-- edges:
--   raw.t.a -> mart.t.a DIRECT IDENTITY
--   raw.t.c -> mart.t.c DIRECT TRANSFORMATION
