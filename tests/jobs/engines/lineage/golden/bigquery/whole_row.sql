-- The name of a table as a value is its whole row.
-- dialect: bigquery
CREATE TABLE shop.t (a INT64, b INT64);
CREATE VIEW shop.v AS SELECT TO_JSON_STRING(t) AS j FROM shop.t AS t;
-- edges:
--   shop.t.* -> shop.v.j DIRECT TRANSFORMATION
