-- BigQuery tells tables apart by case, but not columns.
-- dialect: bigquery
CREATE TABLE raw.T (Id INT64);
CREATE VIEW mart.v AS SELECT ID AS a FROM raw.T;
CREATE VIEW mart.w AS SELECT ID AS a FROM raw.t;
-- edges:
--   raw.T.id -> mart.v.a DIRECT IDENTITY
--   raw.t.id -> mart.w.a DIRECT IDENTITY
