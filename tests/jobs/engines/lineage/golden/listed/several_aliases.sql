-- Several aliases for one expression are listed.
-- dialect: spark
CREATE TABLE raw.t (id INT, tags ARRAY<STRING>);
CREATE VIEW mart.v AS SELECT posexplode(tags) AS (pos, tag) FROM raw.t;
-- edges:
-- unresolved:
--   NOT_SUPPORTED line 4: several aliases for one expression is not explained; it names raw.t
