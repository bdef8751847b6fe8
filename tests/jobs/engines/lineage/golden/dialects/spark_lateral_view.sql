-- LATERAL VIEW gives columns that come from what it explodes.
-- dialect: spark
CREATE TABLE raw.t (id INT, tags ARRAY<STRING>);
CREATE VIEW mart.v AS SELECT id, tag FROM raw.t LATERAL VIEW explode(tags) x AS tag;
-- edges:
--   raw.t.tags -> mart.v.* INDIRECT JOIN
--   raw.t.id -> mart.v.id DIRECT IDENTITY
--   raw.t.tags -> mart.v.tag DIRECT TRANSFORMATION
