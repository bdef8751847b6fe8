-- UNNEST gives its elements a column.
-- dialect: bigquery
CREATE TABLE raw.t (id INT64, items ARRAY<STRING>);
CREATE VIEW mart.v AS SELECT t.id, item, pos FROM raw.t AS t, UNNEST(t.items) AS item WITH OFFSET AS pos;
-- edges:
--   raw.t.items -> mart.v.* INDIRECT JOIN
--   raw.t.id -> mart.v.id DIRECT IDENTITY
--   raw.t.items -> mart.v.item DIRECT TRANSFORMATION
--   raw.t.items -> mart.v.pos DIRECT TRANSFORMATION
